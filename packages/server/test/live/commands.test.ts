import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { type ServiceError, status } from "@grpc/grpc-js";
import { readRefusal } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { type Person, register } from "../support/people.ts";
import { openRoomWith } from "../support/room-acts.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

for (const runtime of runtimes) {
  describe(`the commands of a live stream on ${runtime}`, async () => {
    const { client } = await forSuite(startServerProcess({ runtime }));
    const ada = await register(client, "ada");
    const grace = await register(client, "grace");

    const newRoom = (...members: Person[]) => openRoomWith(client, ada, ...members);

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
  });
}
