import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { type ServiceError, status } from "@grpc/grpc-js";
import { readRefusal } from "../support/client.ts";
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

    test("a command that is unknown or too large is refused, and those after it run", async () => {
      const roomId = await newRoom(grace);
      const stream = client.bidiBytes(v1.ChatService.method.connect, grace);
      const results: v1.CommandResult[] = [];
      const last = Promise.withResolvers<void>();
      stream.on("error", last.reject);
      stream.on("data", ({ frames }: v1.ConnectResponse) => {
        for (const { frame } of frames) if (frame.case === "result") results.push(frame.value);
        if (results.at(-1)?.commandId === "last") last.resolve();
      });
      const write = (request: MessageInitShape<typeof v1.ConnectRequestSchema>, ...more: number[]): void => {
        const bytes = toBinary(v1.ConnectRequestSchema, create(v1.ConnectRequestSchema, request));
        stream.write(Buffer.concat([bytes, Buffer.from(more)]));
      };
      const sendText = (commandId: string, text: string): void =>
        write({ commandId, command: { case: "sendMessage", value: { roomId, text } } });
      write({ command: { case: "hello", value: {} } });
      // The field 99, which no version has yet, with an empty message in it.
      write({ commandId: "newer" }, 0x9a, 0x06, 0x00);
      sendText("large", "x".repeat(70 * 1024));
      sendText("largest", "x".repeat(1024 * 1024 - 200));
      sendText("", "x".repeat(70 * 1024));
      sendText("last", "still here");
      await last.promise;
      assert.deepEqual(
        results.map(({ commandId, result }) => [
          commandId,
          result.case === "error" ? [result.value.code, result.value.reason] : result.case,
        ]),
        [
          ["newer", [status.UNIMPLEMENTED, "COMMAND_UNKNOWN"]],
          ["large", [status.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE"]],
          ["largest", [status.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE"]],
          ["last", "sendMessage"],
        ],
      );
      const ended = new Promise<{ code?: number }>((resolve) => {
        stream.off("error", last.reject);
        stream.once("error", resolve);
      });
      sendText("past the transport's limit", "x".repeat(1024 * 1024 + 1));
      assert.equal((await ended).code, status.RESOURCE_EXHAUSTED);
    });

    test("a command that comes after another is refused with it, and keeps its order", async () => {
      const roomId = await newRoom(grace);
      const stream = client.bidi(v1.ChatService.method.connect, grace);
      const results: v1.CommandResult[] = [];
      const last = Promise.withResolvers<void>();
      stream.on("error", last.reject);
      stream.on("data", ({ frames }: v1.ConnectResponse) => {
        for (const { frame } of frames) if (frame.case === "result") results.push(frame.value);
        if (results.at(-1)?.commandId === "last") last.resolve();
      });
      stream.write({ command: { case: "hello", value: {} } });
      const send = (commandId: string, text: string, afterCommandId = ""): void =>
        void stream.write({
          commandId,
          afterCommandId,
          command: { case: "sendMessage", value: { roomId, text } },
        });
      send("1", "one");
      send("2", "", "1");
      send("3", "three", "2");
      send("4", "four", "3");
      send("5", "five", "1");
      send("6", "six", "never sent");
      send("last", "three", "5");
      await last.promise;
      assert.deepEqual(
        results.map(({ commandId, result }) => {
          if (result.case === "error") return [commandId, result.value.reason];
          return [commandId, result.case];
        }),
        [
          ["1", "sendMessage"],
          ["2", "TEXT_EMPTY"],
          ["3", "AFTER_REFUSED"],
          ["4", "AFTER_REFUSED"],
          ["5", "sendMessage"],
          ["6", "sendMessage"],
          ["last", "sendMessage"],
        ],
      );
      const seqOf = (id: string): number => {
        const result = results.find(({ commandId }) => commandId === id)?.result;
        return result?.case === "sendMessage" ? Number(result.value.message?.seq) : 0;
      };
      assert.ok(seqOf("1") < seqOf("5") && seqOf("5") < seqOf("last"));
      stream.on("error", () => {});
      stream.cancel();
    });

    test("a request without a command ends its stream", async () => {
      const stream = client.bidi(v1.ChatService.method.connect, grace);
      const ended = new Promise<ServiceError>((resolve) => stream.once("error", resolve));
      stream.on("data", () => {});
      stream.write({ command: { case: "hello", value: {} } });
      stream.write({ commandId: "empty" });
      assert.equal(readRefusal(await ended).reason, "FIELD_REQUIRED");
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
