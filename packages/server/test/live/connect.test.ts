import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { TestClient } from "../support/client.ts";
import { LiveReader, Replicas } from "../support/live-reader.ts";
import { type Person, register } from "../support/people.ts";
import { join, openRoom, post } from "../support/room-acts.ts";
import { runtimes } from "../support/runtimes.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";

const { updateMessage, deleteMessage, setReaction, updateReadCursor } = v1.ChatService.method;

for (const runtime of runtimes) {
  describe(`the live stream on ${runtime}`, () => {
    let server: ServerProcess;
    let client: TestClient;
    let ada: Person;
    let grace: Person;
    before(async () => {
      server = await startServerProcess({ runtime });
      client = new TestClient(server.address);
      ada = await register(client, "ada");
      grace = await register(client, "grace");
    });
    after(async () => {
      client[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    });

    const newRoom = async (...members: Person[]): Promise<string> => {
      const roomId = await openRoom(client, ada);
      for (const member of members) await join(client, member, roomId);
      return roomId;
    };

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

    test("commands are answered in their order, and an error ends nothing", async () => {
      const roomId = await newRoom(grace);
      using reader = await LiveReader.open(client, grace);
      reader.send("first", { roomId, text: "from the stream", clientMessageId: "id-1" });
      reader.send("second", { roomId: "nowhere", text: "lost" });
      reader.send("third", { roomId, text: "  " });
      reader.send("fourth", { roomId, text: "from the stream", clientMessageId: "id-1" });
      reader.send("", { roomId, text: "without a result" });
      reader.command("fifth", { case: "updateReadCursor", value: { roomId, readSeq: 1n } });
      reader.command("sixth", { case: "signalActivity", value: { roomId, activity: v1.Activity.TYPING } });
      reader.command("seventh", { case: "heartbeat", value: {} });
      await reader.result("seventh");
      assert.deepEqual(
        reader.results.map(({ commandId }) => commandId),
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"],
      );
      const [first, second, third, fourth, fifth] = reader.results.map(({ result }) => result);
      assert.ok(first?.case === "sendMessage" && !first.value.duplicate);
      assert.deepEqual([first.value.message?.seq, first.value.message?.text], [1n, "from the stream"]);
      assert.ok(second?.case === "error");
      assert.deepEqual([second.value.code, second.value.reason], [status.NOT_FOUND, "ROOM_NOT_FOUND"]);
      assert.ok(third?.case === "error" && third.value.reason === "TEXT_EMPTY");
      assert.ok(fourth?.case === "sendMessage" && fourth.value.duplicate);
      assert.equal(fourth.value.message?.seq, 1n);
      assert.ok(fifth?.case === "updateReadCursor");
      assert.equal(fifth.value.self?.readSeq, 1n);
      assert.ok(reader.heartbeats > 0);
      await reader.until(() => reader.replicas.get(roomId).messages.has(2n));
      assert.deepEqual(reader.replicas.problems, []);
    });

    test("1,000 sends down one stream are stored and answered in their order", async () => {
      const roomId = await newRoom(grace);
      using reader = await LiveReader.open(client, grace);
      for (let count = 0; count < 1_000; count++)
        reader.send(`c${count}`, { roomId, text: `message ${count}` });
      await reader.result("c999");
      const { messages } = reader.replicas.get(roomId);
      await reader.until(() => messages.size === 1_000);
      assert.deepEqual(
        reader.results.map(({ commandId, result }) =>
          result.case === "sendMessage" ? [commandId, result.value.message?.seq] : [commandId, result.case],
        ),
        Array.from({ length: 1_000 }, (_, index) => [`c${index}`, BigInt(index + 1)]),
      );
      for (const [seq, { text }] of messages) assert.equal(text, `message ${seq - 1n}`);
      assert.ok(reader.responses < 1_000, `${reader.responses} responses`);
      assert.deepEqual(reader.replicas.problems, []);
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

    test("read positions and typing reach the others in the room, raise no revision, and are not one's own", async () => {
      const roomId = await newRoom(grace);
      await post(client, ada, roomId, "read me");
      using reader = await LiveReader.open(client, ada);
      using typist = await LiveReader.open(client, grace);
      const { revision } = reader.replicas.get(roomId);
      typist.command("", { case: "signalActivity", value: { roomId, activity: v1.Activity.TYPING } });
      await client.unary(updateReadCursor, { roomId, readSeq: 1n }, grace);
      await reader.until(() => reader.replicas.signals.length >= 2);
      const typing = reader.replicas.signals.find(({ change }) => change.case === "activity");
      const read = reader.replicas.signals.find(({ change }) => change.case === "readCursor");
      assert.ok(typing?.change.case === "activity" && read?.change.case === "readCursor");
      assert.deepEqual(
        [typing.roomId, typing.change.value.userId, typing.change.value.activity],
        [roomId, grace.id, v1.Activity.TYPING],
      );
      assert.ok((typing.change.value.expireTime?.seconds ?? 0n) > BigInt(Math.floor(Date.now() / 1_000)));
      assert.deepEqual([read.change.value.userId, read.change.value.readSeq], [grace.id, 1n]);
      assert.equal(reader.replicas.get(roomId).revision, revision);
      assert.ok(typist.replicas.signals.every(({ change }) => change.case !== "activity"));
    });
  });
}
