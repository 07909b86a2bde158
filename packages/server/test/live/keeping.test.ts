import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { status } from "@grpc/grpc-js";
import { TestClient } from "../support/client.ts";
import { LiveReader, Replicas } from "../support/live-reader.ts";
import { register } from "../support/people.ts";
import { openRoom, openRoomWith, readHistory } from "../support/room-acts.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { eventually } from "../support/wait.ts";

const HOUR_MS = 3_600_000;
const SENDS = 500;

test("a quiet stream has heartbeats, and one asked for comes at once", async () => {
  await using server = await createTestServer({
    seed: { users: { ada: {} } },
    streamTimes: { heartbeatMs: 50, maxAgeMs: HOUR_MS },
  });
  using client = new TestClient(server.address);
  using reader = await LiveReader.open(client, { token: server.users.ada.accessToken });
  await reader.until(() => reader.heartbeats >= 3, "heartbeats");
  const beat = reader.frames.find(({ frame }) => frame.case === "heartbeat")?.frame;
  assert.ok(beat?.case === "heartbeat");
  assert.equal(Number(beat.value.serverTime?.seconds), Math.floor(server.clock.now() / 1_000));
});

test("a stream at the end of its age says when to come back, and ends without an error", async () => {
  await using server = await createTestServer({
    seed: { users: { ada: {} } },
    streamTimes: { heartbeatMs: HOUR_MS, maxAgeMs: 200 },
  });
  using client = new TestClient(server.address);
  for (const isSubscriber of [false, true]) {
    const options = { token: server.users.ada.accessToken };
    using reader = await LiveReader.open(client, options, { isSubscriber });
    assert.equal(reader.ready?.maxStreamAge?.nanos, 200 * 1e6);
    await reader.until(() => reader.drain !== null, "Drain");
    const { seconds = 0n, nanos = 0 } = reader.drain?.reconnectAfter ?? {};
    assert.ok(Number(seconds) * 1_000 + nanos / 1e6 <= 5_000);
    assert.equal(await reader.ended, null);
  }
});

test("what retention has erased while a client was away is named, and the rest comes", async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: {}, grace: {} },
      rooms: { talk: { owner: "ada", members: { grace: "member" }, retentionMs: HOUR_MS } },
    },
  });
  using client = new TestClient(server.address);
  const signIn = async (user: { id: string }) => ({ token: (await server.signIn(user.id)).accessToken });
  let ada = await signIn(server.users.ada);
  let grace = await signIn(server.users.grace);
  const roomId = server.rooms.talk.id;
  const { sendMessage } = v1.ChatService.method;
  const replicas = new Replicas();
  using first = await LiveReader.open(client, grace, { replicas });
  using online = await LiveReader.open(client, ada);
  await client.unary(sendMessage, { roomId, text: "read" }, ada);
  await first.until(() => replicas.get(roomId).messages.size === 1);
  first[Symbol.dispose]();
  await client.unary(sendMessage, { roomId, text: "never read" }, ada);
  await server.clock.advance(HOUR_MS / 2);
  ada = await signIn(server.users.ada);
  await client.unary(sendMessage, { roomId, text: "kept" }, ada);
  await server.clock.advance(HOUR_MS / 2 + 1_000);
  await online.until(() => online.replicas.get(roomId).room.firstSeq === 3n, "the room's change");
  assert.deepEqual([...online.replicas.get(roomId).messages.keys()], [3n]);

  const { revision } = replicas.get(roomId);
  grace = await signIn(server.users.grace);
  using _again = await LiveReader.open(client, grace, { replicas });
  assert.deepEqual(
    replicas.gaps.map((gap) => [gap.roomId, gap.fromRevision, gap.toRevision, gap.reason]),
    [[roomId, revision, revision + 1n, v1.GapReason.RETENTION]],
  );
  assert.deepEqual(
    [...replicas.get(roomId).messages.values()].map(({ text }) => text),
    ["kept"],
  );
  assert.deepEqual(replicas.problems, []);
});

test("a mute that ends, a membership that ends and a message that erases itself say so", async () => {
  await using server = await createTestServer({
    seed: { users: { ada: {}, grace: {} }, rooms: { talk: { owner: "ada", members: { grace: "member" } } } },
  });
  using client = new TestClient(server.address);
  const ada = { token: server.users.ada.accessToken };
  const roomId = server.rooms.talk.id;
  const at = (ms: number) => ({ seconds: BigInt(Math.floor((server.clock.now() + ms) / 1_000)), nanos: 0 });
  using reader = await LiveReader.open(client, ada);
  using leaving = await LiveReader.open(client, { token: server.users.grace.accessToken });
  await client.unary(
    v1.RoomService.method.updateMember,
    {
      member: { roomId, userId: server.users.grace.id, mutedUntilTime: at(60_000), expireTime: at(120_000) },
      updateMask: { paths: ["muted_until_time", "expire_time"] },
    },
    ada,
  );
  const ttl = { seconds: 90n, nanos: 0 };
  await client.unary(v1.ChatService.method.sendMessage, { roomId, text: "for a while", ttl }, ada);
  const member = () => reader.replicas.get(roomId).members.get(server.users.grace.id);
  await reader.until(() => member()?.mutedUntilTime !== undefined);
  await server.clock.advance(61_000);
  await reader.until(() => member()?.mutedUntilTime === undefined, "the end of the mute");
  assert.equal(member()?.state, v1.MemberState.JOINED);
  await server.clock.advance(30_000);
  await reader.until(() => reader.replicas.get(roomId).messages.get(1n)?.deleted === true, "the tombstone");
  await server.clock.advance(30_000);
  await reader.until(() => member()?.state === v1.MemberState.LEFT, "the end of the membership");
  await leaving.until(() => leaving.replicas.gaps.length === 1);
  assert.deepEqual(reader.replicas.problems, []);
});

for (const runtime of runtimes) {
  describe(`a stream in the middle of sends when its server stops, on ${runtime}`, () => {
    test("gets a Drain and its answers, and finds all of that afterwards", async () => {
      await using server = await startServerProcess({ runtime });
      using client = new TestClient(server.address);
      const ada = await register(client, "ada");
      const roomId = await openRoom(client, ada);
      using reader = await LiveReader.open(client, ada);
      for (let sent = 0; sent < SENDS; sent++) reader.send(`${sent}`, { roomId, text: `message ${sent}` });
      await reader.until(() => reader.results.length > 0);
      const exit = server.stop("SIGTERM");
      const refusal = await reader.ended;
      assert.deepEqual([refusal?.code, refusal?.reason], [status.UNAVAILABLE, "SHUTTING_DOWN"]);
      assert.notEqual(reader.drain, null);
      assert.equal(await exit, 0);
      const answered = reader.results.flatMap(({ result }) =>
        result.case === "sendMessage" ? [result.value.message?.seq] : [],
      );
      assert.deepEqual(
        reader.results.map(({ commandId }) => commandId),
        reader.results.map((_, index) => String(index)),
      );

      await using restarted = await startServerProcess({ runtime, dataDir: server.dataDir });
      using again = new TestClient(restarted.address);
      const stored = await readHistory(again, ada, roomId);
      for (const seq of answered) assert.ok(seq && stored.has(seq), `message ${seq}`);
      assert.equal(Math.max(0, ...[...stored.keys()].map(Number)), stored.size);
      assert.equal(await restarted.stop("SIGTERM"), 0);
    });

    test("a client that reads no answers is not listened to any more, and gets them all when it does", async () => {
      await using server = await startServerProcess({ runtime });
      using client = new TestClient(server.address);
      using other = new TestClient(server.address);
      const ada = await register(client, "ada");
      const grace = await register(client, "grace");
      const roomId = await openRoomWith(client, ada, grace);
      using reader = await LiveReader.open(client, ada);
      reader.pause();
      const text = "x".repeat(8_000);
      for (let sent = 0; sent < 2_000; sent++) reader.send(`${sent}`, { roomId, text: `${sent} ${text}` });
      const lastSeq = async () =>
        (await other.unary(v1.RoomService.method.getRoom, { roomId }, grace)).room?.lastSeq ?? 0n;
      let before = -1n;
      await eventually(async () => {
        const now = await lastSeq();
        const hasStopped = now > 0n && now === before;
        before = now;
        if (!hasStopped) await new Promise((resolve) => setTimeout(resolve, 500));
        return hasStopped;
      }, "end of taking commands");
      assert.ok(before < 1_500n, `${before} of 2,000 were taken from a client that takes no answers`);
      reader.resume();
      await reader.result("1999");
      assert.equal(await lastSeq(), 2_000n);
      assert.deepEqual(
        reader.results.map(({ commandId }) => commandId),
        Array.from({ length: 2_000 }, (_, index) => String(index)),
      );
      await reader.until(() => reader.replicas.get(roomId).messages.size === 2_000);
      assert.deepEqual(reader.replicas.problems, []);
    });
  });
}
