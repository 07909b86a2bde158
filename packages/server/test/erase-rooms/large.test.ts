import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { v1 } from "@confab/protocol";
import { refusalOf, TestClient } from "../support/client.ts";
import { findInFiles } from "../support/files.ts";
import { historyOf, messageOf, search, send } from "../support/messages.ts";
import { register } from "../support/people.ts";
import { bringIn, makeRoom, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { eventually } from "../support/wait.ts";

/** More than one transaction erases. */
const MESSAGES = 350;

for (const runtime of runtimes) {
  test(`a large erasure counts from its answer on, and goes on after kill -9, on ${runtime}`, async () => {
    const dataDir = temporaryFolder();
    const killed = await startServerProcess({ runtime, dataDir });
    using client = new TestClient(killed.address);
    const [ada, grace] = [await register(client, "ada"), await register(client, "grace")];
    const [room, other] = [await makeRoom(client, ada), await makeRoom(client, grace)];
    await bringIn(client, { room, owner: ada }, grace);
    await Promise.all(
      Array.from({ length: MESSAGES }, async (_, index) => {
        await send(client, { room, from: grace }, { text: `clarinet ${index}`, mentionUserIds: [ada.id] });
        await send(
          client,
          { room: other, from: grace },
          { text: `trombone ${index}`, clientMessageId: `${index}` },
        );
      }),
    );
    const before = await roomOf(client, room, ada);
    assert.equal(before.self?.unreadCount, BigInt(MESSAGES));
    await client.unary(v1.RoomService.method.deleteRoom, { roomId: other.id }, grace);
    const request = { userId: "me", eraseMessages: true };
    const { erased } = await client.unary(v1.UserService.method.deleteUser, request, grace);
    assert.equal(erased.messages, BigInt(MESSAGES));
    const killing = killed.stop("SIGKILL");
    await killing;

    await using server = await startServerProcess({ runtime, dataDir });
    using again = new TestClient(server.address);
    const page = await historyOf(again, { room, by: ada }, { pageSize: 100 });
    assert.deepEqual([page.messages.length, page.messages.some(({ deleted }) => !deleted)], [100, false]);
    const last = await messageOf(again, { roomId: room.id, seq: BigInt(MESSAGES) }, ada);
    assert.deepEqual([last.deleted, last.text, last.mentionUserIds], [true, "", []]);
    assert.deepEqual(await search(again, ada, "clarinet"), []);
    const now = await roomOf(again, room, ada);
    assert.deepEqual([now.self?.unreadCount, now.self?.mentionCount], [0n, 0n]);
    const gone = roomOf(again, other, grace);
    assert.equal((await refusalOf(gone)).reason, "SESSION_REVOKED");

    // One change for each message, and one for grace's leaving.
    const revision = before.revision + BigInt(MESSAGES) + 1n;
    await eventually(async () => (await roomOf(again, room, ada)).revision === revision, "tombstone of each");
    assert.equal(await server.stop("SIGTERM"), 0);
    assert.deepEqual(findInFiles(dataDir, { room: "clarinet", other: "trombone" }), []);
    using database = new DatabaseSync(join(dataDir, "confab.db"), { readOnly: true });
    const count = (sql: string): unknown => Object.values(database.prepare(sql).get() ?? {})[0];
    assert.equal(count("select count(*) from erasures"), 0);
    assert.equal(count("select count(*) from messages where deleted = 0"), 0);
    assert.equal(count(`select count(*) from messages where room_id = '${other.id}'`), 0);
    rmSync(dataDir, { recursive: true });
  });
}
