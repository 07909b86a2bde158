import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { TestClient } from "../support/client.ts";
import { operatorClient, register } from "../support/people.ts";
import { temporaryFolder } from "../support/server-process.ts";

const { listAuditEntries } = v1.AdminService.method;
const DAY_MS = 24 * 60 * 60 * 1_000;

for (const [days, settings] of [
  [90, {}],
  [7, { auditAddressDays: "7" }],
] as const) {
  test(`the audit trail keeps addresses for ${days} days, and its entries for good`, async () => {
    const dataDir = temporaryFolder();
    await using server = await createTestServer({ dataDir, settings });
    using client = new TestClient(server.address);
    using operator = operatorClient({ dataDir });
    const { id } = await register(client, "ada");
    const addresses = async () => {
      const { entries } = await operator.unary(listAuditEntries, { userId: id });
      return entries.map(({ action, address }) => [action, address]);
    };
    const kept = [
      ["sign-in", "127.0.0.1"],
      ["user-created", "127.0.0.1"],
    ];
    await server.clock.advance(days * DAY_MS);
    assert.deepEqual(await addresses(), kept);
    await server.clock.advance(1);
    assert.deepEqual(
      await addresses(),
      kept.map(([action]) => [action, ""]),
    );

    const database = new DatabaseSync(join(dataDir, "confab.db"));
    for (const change of [
      "delete from audit",
      "update audit set action = 'sign-out'",
      "update audit set at = 0, address = ''",
      "update audit set address = '10.0.0.1'",
    ]) {
      assert.throws(() => database.exec(change), /the audit trail is append-only/, change);
    }
    database.close();
    rmSync(dataDir, { recursive: true });
  });
}
