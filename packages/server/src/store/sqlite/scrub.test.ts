import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { UserId } from "../../domain/ids.ts";
import type { Store } from "../port/store.ts";
import { openSqliteStore } from "./store.ts";

const USERS = 60;

const folder = mkdtempSync(join(tmpdir(), "confab-test-"));
after(() => rmSync(folder, { recursive: true }));

test("after hundreds of changes and a stop, nothing of an erased account is left in any file", async () => {
  const store = await openSqliteStore(folder);
  const audit = { atMs: 0, actorId: null, serviceId: null, targetId: null, address: "", detail: "" };
  const ids = Array.from({ length: USERS }, (_, index) => `id-${index}` as UserId);
  await fill(store, ids);
  assert.notDeepEqual(filesWithTraces(), []);
  for (const userId of ids) {
    const actor = { id: userId, role: "user", roleUntilMs: null, state: { kind: "active" } } as const;
    const erasure = { actor, userId, eraseMessages: true, nowMs: 0 };
    await store.eraseUser({ ...erasure, audit: { ...audit, action: "user-erased" } });
  }
  await store[Symbol.asyncDispose]();
  assert.deepEqual(filesWithTraces(), []);

  /** Rows that grow and shrink make pages split and merge, which leaves copies of rows behind. */
  async function fill(store: Store, ids: readonly UserId[]): Promise<void> {
    const creations = ids.map((id, index) =>
      store.createUser({
        request: null,
        id,
        kind: "human",
        role: "user",
        handle: { handle: `Canary-${index}`, key: `canary-${index}` },
        displayName: `canary ${index}`,
        about: "canary ".repeat(index % 50),
        passwordHash: "",
        externalSubject: null,
        nowMs: 0,
        audit: { ...audit, action: "user-created" },
      }),
    );
    await Promise.all(creations);
    for (const round of [1, 2, 3]) {
      const updates = ids.map((userId, index) =>
        store.updateUser({
          actor: null,
          userId,
          about: "canary ".repeat((index * round * 7) % 70),
          displayName: `canary ${index * round}`,
          nowMs: 0,
          audit: { ...audit, action: "user-updated" },
        }),
      );
      await Promise.all(updates);
    }
  }
});

function filesWithTraces(): readonly string[] {
  return readdirSync(folder).filter((name) => /canary/i.test(readFileSync(join(folder, name), "latin1")));
}
