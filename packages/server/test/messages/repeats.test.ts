import assert from "node:assert/strict";
import { chmodSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { TestClient } from "../support/client.ts";
import { findInFiles } from "../support/files.ts";
import { operatorClient } from "../support/people.ts";
import { temporaryFolder } from "../support/server-process.ts";

const { sendMessage, deleteMessage, getMessage } = v1.ChatService.method;
const { rotateSigningKey } = v1.AdminService.method;

test("a repeat of a deleted or expired message is recognised for good, though its id is in no file", async (context) => {
  const dataDir = temporaryFolder();
  context.after(() => rmSync(dataDir, { recursive: true }));
  const seed = {
    users: { ada: {}, bob: {} },
    rooms: { engine: { owner: "ada", members: { bob: "member" } } },
  } as const;
  const ids = { deleted: "canary-deleted-0815", expiring: "canary-expiring-0815" };
  const send = (client: TestClient, roomId: string, token: string, id: string, ttlS = 0n) =>
    client.unary(
      sendMessage,
      { roomId, text: "text", clientMessageId: id, ttl: { seconds: ttlS } },
      { token },
    );

  let roomId = "";
  let ada = "";
  {
    await using server = await createTestServer({ dataDir, seed });
    using client = new TestClient(server.address);
    using operator = operatorClient({ dataDir });
    roomId = server.rooms.engine.id;
    ada = server.users.ada.id;
    const token = server.users.ada.accessToken;
    const { message } = await send(client, roomId, token, ids.deleted);
    assert.equal(message?.clientMessageId, ids.deleted);
    await send(client, roomId, token, ids.expiring, 60n);
    const { message: tombstone } = await client.unary(deleteMessage, { roomId, seq: 1n }, { token });
    assert.deepEqual([tombstone?.deleted, tombstone?.clientMessageId], [true, ""]);
    await server.clock.advance(60_000);
    for (const [index, id] of Object.values(ids).entries()) {
      const { duplicate, message } = await send(client, roomId, token, id, index === 0 ? 0n : 60n);
      assert.deepEqual(
        [duplicate, message?.seq, message?.deleted, message?.clientMessageId],
        [true, BigInt(index + 1), true, id],
      );
      const read = await client.unary(getMessage, { roomId, seq: BigInt(index + 1) }, { token });
      assert.equal(read.message?.clientMessageId, "");
    }
    const others = await send(client, roomId, server.users.bob.accessToken, ids.deleted);
    assert.equal(others.duplicate, false, "another sender's id is another");
    await client.unary(deleteMessage, { roomId, seq: 3n }, { token });
    await operator.unary(rotateSigningKey, {});
  }
  assert.deepEqual(findInFiles(dataDir, ids), []);
  const key = join(dataDir, "keys", "repeats.key");
  assert.equal(statSync(key).mode & 0o777, 0o600);
  assert.equal(findInFiles(dataDir, { key: readFileSync(key, "utf8") }).length, 1);

  {
    await using server = await createTestServer({ dataDir });
    using client = new TestClient(server.address);
    const { accessToken } = await server.signIn(ada);
    const { duplicate, message } = await send(client, roomId, accessToken, ids.deleted);
    assert.deepEqual([duplicate, message?.seq, message?.clientMessageId], [true, 1n, ids.deleted]);
  }
  chmodSync(key, 0o640);
  await assert.rejects(createTestServer({ dataDir }), /repeats\.key can be read by others/);
});
