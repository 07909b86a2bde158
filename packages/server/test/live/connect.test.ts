import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { LiveReader, Replicas } from "../support/live-reader.ts";
import { type Person, register } from "../support/people.ts";
import { openRoomWith, post } from "../support/room-acts.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { updateMessage, deleteMessage, setReaction, updateReadCursor } = v1.ChatService.method;

for (const runtime of runtimes) {
  describe(`the live stream on ${runtime}`, async () => {
    const { client } = await forSuite(startServerProcess({ runtime }));
    const ada = await register(client, "ada");
    const grace = await register(client, "grace");

    const newRoom = (...members: Person[]) => openRoomWith(client, ada, ...members);

    test("a stream without cursors begins with the rooms as they stand, and is then live", async () => {
      const roomId = await newRoom(grace);
      await post(client, ada, roomId, "the first");
      using reader = await LiveReader.open(client, grace);
      assert.equal(reader.ready?.outcome, v1.ResumeOutcome.FRESH);
      assert.ok((reader.ready?.heartbeatInterval?.seconds ?? 0n) > 0n);
      assert.ok((reader.ready?.maxStreamAge?.seconds ?? 0n) > 0n);
      const { room } = reader.replicas.get(roomId);
      assert.equal(room.lastMessage?.text, "the first");
      assert.deepEqual([room.self?.userId, room.self?.unreadCount, room.lastSeq], [grace.id, 1n, 1n]);
      assert.ok(reader.frames.every(({ frame }) => frame.case === "room" || frame.case === "ready"));

      await post(client, ada, roomId, "the second");
      await reader.until(() => reader.replicas.get(roomId).messages.has(2n));
      const event = reader.frames.at(-1)?.frame;
      assert.ok(event?.case === "event" && event.value.change.case === "message");
      assert.deepEqual(
        [
          event.value.roomId,
          event.value.actorId,
          event.value.change.value.text,
          event.value.change.value.senderId,
        ],
        [roomId, ada.id, "the second", ada.id],
      );
      assert.equal(event.value.revision, room.revision + 1n);
      assert.deepEqual(reader.replicas.problems, []);
    });

    test("a stream that goes on where the client is gives nothing that it has", async () => {
      const roomId = await newRoom(grace);
      const replicas = new Replicas();
      using _first = await LiveReader.open(client, grace, { replicas });
      for (let count = 0; count < 5; count++) await post(client, ada, roomId, `message ${count}`);
      await _first.until(() => replicas.get(roomId).messages.size === 5);
      _first[Symbol.dispose]();
      using again = await LiveReader.open(client, grace, { replicas });
      assert.equal(again.ready?.outcome, v1.ResumeOutcome.RESUMED);
      assert.deepEqual(
        again.frames.map(({ frame }) => frame.case),
        ["ready"],
      );
    });

    test("what was missed comes once, in the order of the changes and as it stands now", async () => {
      const roomId = await newRoom(grace);
      const replicas = new Replicas();
      using first = await LiveReader.open(client, grace, { replicas });
      for (const text of ["one", "two", "three", "four"]) await post(client, ada, roomId, text);
      await first.until(() => replicas.get(roomId).messages.size === 4);
      first[Symbol.dispose]();
      await client.unary(
        updateMessage,
        { message: { roomId, seq: 1n, text: "one, edited" }, updateMask: { paths: ["text"] } },
        ada,
      );
      await client.unary(deleteMessage, { roomId, seq: 2n }, ada);
      await client.unary(setReaction, { roomId, seq: 3n, emoji: "👍" }, ada);
      await post(client, ada, roomId, "five");
      await client.unary(
        updateMessage,
        { message: { roomId, seq: 1n, text: "one, edited twice" }, updateMask: { paths: ["text"] } },
        ada,
      );
      const before = replicas.heard.length;
      using again = await LiveReader.open(client, grace, { replicas });
      assert.equal(again.ready?.outcome, v1.ResumeOutcome.RESUMED);
      assert.deepEqual(replicas.problems, []);
      assert.deepEqual(
        replicas.heard.slice(before).map(({ seq }) => seq),
        [2n, 3n, 5n, 1n],
      );
      const { messages } = replicas.get(roomId);
      assert.equal(messages.get(1n)?.text, "one, edited twice");
      assert.deepEqual([messages.get(2n)?.text, messages.get(2n)?.deleted], ["", true]);
      assert.deepEqual(
        messages.get(3n)?.reactions.map(({ emoji, count }) => [emoji, count]),
        [["👍", 1]],
      );
      await post(client, ada, roomId, "six");
      await again.until(() => messages.has(6n));
      assert.deepEqual(replicas.problems, []);
    });

    test("Subscribe gives the same frames", async () => {
      const roomId = await newRoom(grace);
      using reader = await LiveReader.open(client, grace, { isSubscriber: true });
      using other = await LiveReader.open(client, grace);
      for (const text of ["one", "two"]) await post(client, ada, roomId, text);
      for (const each of [reader, other]) {
        await each.until(() => each.replicas.get(roomId).messages.has(2n));
      }
      const eventsOf = ({ frames }: LiveReader) => frames.filter(({ frame }) => frame.case === "event");
      assert.deepEqual(eventsOf(reader), eventsOf(other));
    });

    test("a stream that does not say hello first, or says it twice, ends and says why", async () => {
      using stream = new LiveReader(client, grace);
      await stream.until(() => stream.ready !== null);
      stream.command("again", { case: "hello", value: {} });
      assert.equal((await stream.ended)?.reason, "HELLO_EXPECTED");
      const silent = client.bidi(v1.ChatService.method.connect, grace);
      const ended = new Promise<{ code?: number }>((resolve) => silent.once("error", resolve));
      silent.on("data", () => {});
      silent.write({ command: { case: "heartbeat", value: {} } });
      assert.equal((await ended).code, status.FAILED_PRECONDITION);
    });

    test("read positions and typing reach the others in the room, not their sender, and raise no revision", async () => {
      const roomId = await newRoom(grace);
      await post(client, ada, roomId, "read me");
      using reader = await LiveReader.open(client, ada);
      using typist = await LiveReader.open(client, grace);
      const { revision } = reader.replicas.get(roomId);
      typist.command("", { case: "signalActivity", value: { roomId, activity: v1.Activity.TYPING } });
      await client.unary(updateReadCursor, { roomId, readSeq: 1n }, grace);
      // Their presence may come as well, before or between these two.
      const find = (kind: "activity" | "readCursor") =>
        reader.replicas.signals.find((signal) => signal.change.case === kind && signal.roomId === roomId);
      await reader.until(() => find("activity") !== undefined && find("readCursor") !== undefined);
      const [typing, read] = [find("activity"), find("readCursor")];
      assert.ok(typing?.change.case === "activity" && read?.change.case === "readCursor");
      assert.deepEqual(
        [typing.roomId, typing.change.value.userId, typing.change.value.activity],
        [roomId, grace.id, v1.Activity.TYPING],
      );
      assert.ok((typing.change.value.expireTime?.seconds ?? 0n) > BigInt(Math.floor(Date.now() / 1_000)));
      assert.deepEqual([read.change.value.userId, read.change.value.readSeq], [grace.id, 1n]);
      assert.equal(reader.replicas.get(roomId).revision, revision);
      const heardByTypist = typist.replicas.signals.filter(({ change }) => change.case === "activity");
      assert.ok(heardByTypist.every((event) => event.roomId === "" && event.actorId === ada.id));
    });
  });
}
