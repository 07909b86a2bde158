import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { describe, test } from "node:test";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { refusalOf, TestClient } from "../support/client.ts";
import { findInFiles } from "../support/files.ts";
import { LiveReader } from "../support/live-reader.ts";
import { bytesOf, historyOf, messageOf, search, send, seqsOf } from "../support/messages.ts";
import { isOnPostgres } from "../support/postgres.ts";
import { roomOf } from "../support/rooms.ts";
import { temporaryFolder } from "../support/server-process.ts";

const { setReaction, updateMessage, sendMessage } = v1.ChatService.method;
const { updateRoom } = v1.RoomService.method;

const MINUTE_MS = 60_000;
const seed = {
  users: { ada: {}, grace: {} },
  rooms: { engine: { owner: "ada", members: { grace: "member" } } },
} as const;

describe("a message with a time to live", () => {
  test("becomes a tombstone in its millisecond, and nothing of it is left", async () => {
    const dataDir = temporaryFolder();
    const content = {
      text: "gone xylophone",
      payload: Buffer.from("gone bassoon"),
      payloadType: "gone/harp",
    };
    {
      await using server = await createTestServer({ seed, dataDir });
      using client = new TestClient(server.address);
      const ada = { token: server.users.ada.accessToken };
      const grace = { token: server.users.grace.accessToken };
      const room = server.rooms.engine;
      const kept = await send(client, { room, from: ada }, "kept");
      const message = {
        ...content,
        ttl: durationFromMs(MINUTE_MS),
        clientMessageId: "short",
        mentionUserIds: [server.users.grace.id],
      };
      const sent = await send(client, { room, from: ada }, message);
      const key = { roomId: room.id, seq: sent.seq };
      await client.unary(setReaction, { ...key, emoji: "👍" }, grace);
      const pin = { message: { ...key, pinned: true }, updateMask: { paths: ["pinned"] } };
      await client.unary(updateMessage, pin, ada);

      using reader = await LiveReader.open(client, grace);
      await server.clock.advance(MINUTE_MS - 1);
      assert.equal((await messageOf(client, key, grace)).text, content.text);
      assert.equal((await roomOf(client, room, grace)).self?.mentionCount, 1n);
      const { revision } = await roomOf(client, room, grace);
      await server.clock.advance(1);

      const stone = await messageOf(client, key, grace);
      const { text, payload, payloadType, mentionUserIds, reactions, pinned, deleted, expireTime } = stone;
      assert.deepEqual(
        [text, payload.length, payloadType, mentionUserIds, reactions, pinned, deleted, expireTime],
        ["", 0, "", [], [], false, true, undefined],
      );
      assert.deepEqual([stone.revision, stone.senderId], [revision + 1n, server.users.ada.id]);
      assert.deepEqual((await roomOf(client, room, grace)).self?.mentionCount, 0n);
      assert.deepEqual(seqsOf(await historyOf(client, { room, by: grace }, { pinnedOnly: true })), []);
      assert.deepEqual(await search(client, grace, "xylophone"), []);
      assert.equal((await messageOf(client, { ...key, seq: kept.seq }, grace)).text, "kept");

      await reader.until(() => reader.replicas.get(room.id).revision === stone.revision);
      assert.equal(bytesOf(reader.replicas.get(room.id).messages.get(sent.seq)), bytesOf(stone));
      assert.deepEqual(reader.replicas.problems, []);
      const again = await client.unary(sendMessage, { roomId: room.id, ...message }, ada);
      assert.deepEqual([again.duplicate, again.message?.seq, again.message?.deleted], [true, sent.seq, true]);
    }
    const traces = { text: "xylophone", payload: "bassoon", type: "gone/harp" };
    assert.deepEqual(findInFiles(dataDir, traces), []);
    if (!isOnPostgres) assert.notDeepEqual(findInFiles(dataDir, { kept: "kept" }), []);
    rmSync(dataDir, { recursive: true });
  });

  test("leaves nothing in any file, among many that stay, once the server has stopped", async () => {
    const dataDir = temporaryFolder();
    const gone: Record<string, string> = {};
    {
      await using server = await createTestServer({ seed, dataDir });
      using client = new TestClient(server.address);
      const ada = { token: server.users.ada.accessToken };
      const room = server.rooms.engine;
      // Of many lengths, and ending in another order than they were sent in, so that pages are split and merged.
      for (let start = 0; start < 1_500; start += 100) {
        const sends = Array.from({ length: 100 }, (_, index) => {
          const number = start + index;
          const word = `canary${number}x`;
          const text = `${word} `.repeat(1 + ((number * 37) % 120));
          if (number % 10 === 0) return send(client, { room, from: ada }, text);
          gone[word] = word;
          const ttl = durationFromMs(1_000 * (1 + ((number * 53) % 200)));
          return send(client, { room, from: ada }, { text, ttl });
        });
        await Promise.all(sends);
      }
      for (let count = 0; count < 20; count++) await server.clock.advance(10_000);
    }
    assert.deepEqual(findInFiles(dataDir, gone), []);
    assert.notDeepEqual(findInFiles(dataDir, { kept: "canary1490x" }), []);
    rmSync(dataDir, { recursive: true });
  });

  test("ends with thousands of others, each in its room's order", async () => {
    await using server = await createTestServer({ seed });
    using client = new TestClient(server.address);
    const ada = { token: server.users.ada.accessToken };
    const room = server.rooms.engine;
    const COUNT = 1_200;
    const ttl = durationFromMs(MINUTE_MS);
    await Promise.all(
      Array.from({ length: COUNT }, (_, index) =>
        send(client, { room, from: ada }, { text: `${index}`, ttl }),
      ),
    );
    using reader = await LiveReader.open(client, ada);
    const before = await roomOf(client, room, ada);
    await server.clock.advance(MINUTE_MS);
    const after = await roomOf(client, room, ada);
    assert.equal(after.revision - before.revision, BigInt(COUNT));
    await reader.until(() => reader.replicas.get(room.id).revision === after.revision);
    assert.deepEqual(reader.replicas.problems, []);
    assert.equal(reader.replicas.heard.length, COUNT);
    assert.ok([...reader.replicas.get(room.id).messages.values()].every(({ deleted }) => deleted));
  });
});

describe("a room that keeps its messages for a time", () => {
  test("erases what is older, in steps, and tells where it now begins", async () => {
    const dataDir = temporaryFolder();
    {
      await using server = await createTestServer({ seed, dataDir });
      using client = new TestClient(server.address);
      const ada = { token: server.users.ada.accessToken };
      const grace = { token: server.users.grace.accessToken };
      const room = server.rooms.engine;
      const OLD = 1_200;
      await Promise.all(
        Array.from({ length: OLD }, () => send(client, { room, from: ada }, "an old marimba")),
      );
      await client.unary(setReaction, { roomId: room.id, seq: 3n, emoji: "👍" }, grace);
      await server.clock.advance(1);
      const mentionUserIds = [server.users.grace.id];
      const newer = await send(client, { room, from: ada }, { text: "newer oboe", mentionUserIds });
      const policy = { retention: durationFromMs(MINUTE_MS) };
      const update = { room: { id: room.id, policy }, updateMask: { paths: ["policy.retention"] } };
      await client.unary(updateRoom, update, ada);
      using reader = await LiveReader.open(client, grace);

      await server.clock.advance(MINUTE_MS - 2);
      const before = await roomOf(client, room, grace);
      assert.deepEqual([before.firstSeq, before.self?.unreadCount], [1n, BigInt(OLD + 1)]);
      await server.clock.advance(1);

      const after = await roomOf(client, room, grace);
      assert.deepEqual(
        [after.firstSeq, after.lastSeq, after.self?.unreadCount, after.self?.mentionCount],
        [newer.seq, newer.seq, 1n, 1n],
      );
      assert.equal(after.lastMessage?.text, "newer oboe");
      assert.deepEqual(seqsOf(await historyOf(client, { room, by: grace })), [Number(newer.seq)]);
      const old = messageOf(client, { roomId: room.id, seq: 3n }, grace);
      assert.equal((await refusalOf(old)).reason, "MESSAGE_NOT_FOUND");
      assert.deepEqual(await search(client, grace, "marimba"), []);
      // 1,200 in steps of at most 100.
      assert.equal(after.revision - before.revision, 12n);
      await reader.until(() => reader.replicas.get(room.id).revision === after.revision);
      assert.equal(reader.replicas.get(room.id).room.firstSeq, newer.seq);
      assert.deepEqual(reader.replicas.problems, []);

      await server.clock.advance(1);
      const empty = await roomOf(client, room, grace);
      assert.deepEqual(
        [empty.firstSeq, empty.lastSeq, empty.self?.unreadCount, empty.lastMessage],
        [newer.seq + 1n, newer.seq, 0n, undefined],
      );
      const next = await send(client, { room, from: ada }, "the next");
      assert.equal(next.seq, newer.seq + 1n);
      assert.deepEqual(seqsOf(await historyOf(client, { room, by: grace })), [Number(next.seq)]);
    }
    assert.deepEqual(findInFiles(dataDir, { old: "marimba", newer: "oboe" }), []);
    rmSync(dataDir, { recursive: true });
  });

  test("a reader who was away while it erased gets a gap, and has what is left", async () => {
    await using server = await createTestServer({ seed });
    using client = new TestClient(server.address);
    const ada = { token: server.users.ada.accessToken };
    const grace = { token: server.users.grace.accessToken };
    const room = server.rooms.engine;
    const policy = { retention: durationFromMs(MINUTE_MS) };
    const update = { room: { id: room.id, policy }, updateMask: { paths: ["policy.retention"] } };
    await client.unary(updateRoom, update, ada);
    const first = await LiveReader.open(client, grace);
    first[Symbol.dispose]();
    await send(client, { room, from: ada }, "missed for good");
    await server.clock.advance(MINUTE_MS / 2);
    await send(client, { room, from: ada }, "missed");
    await server.clock.advance(MINUTE_MS / 2);

    const { replicas } = first;
    using _second = await LiveReader.open(client, grace, { replicas });
    assert.deepEqual(
      replicas.gaps.map(({ roomId, reason }) => [roomId, reason]),
      [[room.id, v1.GapReason.RETENTION]],
    );
    const texts = [...replicas.get(room.id).messages.values()].map(({ text }) => text);
    assert.deepEqual(texts, ["missed"]);
    assert.deepEqual(replicas.problems, []);
  });
});
