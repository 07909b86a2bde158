import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { simple } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { Collector, readRefusal, refusalOf, streamError, TestClient } from "./support/client.ts";
import { runtimes } from "./support/runtimes.ts";
import { startServerProcess } from "./support/server-process.ts";
import { forSuite } from "./support/suite.ts";

const { sendMessage, receiveMessage, chat } = simple.ChatService.method;

for (const runtime of runtimes) {
  describe(`the simple ChatService on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));

    const send = (text: string, userName = "ada") => client.unary(sendMessage, { userName, text });

    test("a sent message is answered as it was stored, byte for byte", async () => {
      const text = "  e\u0301 é 👩‍👩‍👧 \u202eabc\u0000\u001b[2J  ";
      const message = await send(text, "Ünï çødé 👋");
      assert.equal(message.userName, "Ünï çødé 👋");
      assert.equal(message.text, text);
    });

    test("a late listener gets the recent messages, oldest first, and then the new ones", async () => {
      for (const text of ["one", "two", "three"]) await send(text);
      using other = new TestClient(server.address);
      const stream = other.serverStream(receiveMessage, {});
      const received = new Collector(stream);
      await received.atLeast(3);
      await send("four");
      await received.until((message) => message.text === "four");
      assert.deepEqual(
        received.messages.slice(-4).map((message) => message.text),
        ["one", "two", "three", "four"],
      );
      stream.cancel();
    });

    test("a listener is given at most the 100 newest messages first", async () => {
      await Promise.all(Array.from({ length: 130 }, (_, index) => send(`message ${index}`)));
      const stream = client.serverStream(receiveMessage, {});
      const received = new Collector(stream);
      await received.atLeast(100);
      await send("the next");
      await received.atLeast(101);
      assert.equal(received.messages.length, 101);
      assert.equal(received.messages[100]?.text, "the next");
      stream.cancel();
    });

    test("Chat stores in the order sent and gives what ReceiveMessage gives", async () => {
      const stream = client.bidi(chat);
      const received = new Collector(stream);
      const listener = client.serverStream(receiveMessage, {});
      const heard = new Collector(listener);
      await Promise.all([received.atLeast(100), heard.atLeast(100)]);
      const before = received.messages.length;
      const texts = Array.from({ length: 300 }, (_, index) => `line ${index}`);
      for (const text of texts) stream.write({ userName: "grace", text });
      await received.atLeast(before + 300);
      await heard.atLeast(before + 300);
      assert.deepEqual(
        received.messages.slice(-300).map((message) => message.text),
        texts,
      );
      assert.deepEqual(
        heard.messages.slice(-300).map((message) => message.text),
        texts,
      );
      stream.cancel();
      listener.cancel();
    });

    test("a client that has finished sending on Chat goes on listening", async () => {
      const stream = client.bidi(chat);
      const received = new Collector(stream);
      stream.write({ userName: "grace", text: "that is all from me" });
      stream.end();
      await received.atLeast(100);
      await send("still there?");
      await received.until((message) => message.text === "still there?");
      stream.cancel();
    });

    test("a refused message ends Chat with its reason, and nothing behind it is stored", async () => {
      const stream = client.bidi(chat);
      const ended = streamError(stream);
      new Collector(stream);
      stream.write({ userName: "grace", text: "good" });
      stream.write({ userName: "grace", text: " " });
      stream.write({ userName: "grace", text: "never stored" });
      assert.equal((await ended).code, status.INVALID_ARGUMENT);
      const listener = client.serverStream(receiveMessage, {});
      const heard = new Collector(listener);
      await send("the last");
      await heard.until((message) => message.text === "the last");
      const texts = heard.messages.map((message) => message.text);
      assert.ok(texts.includes("good"));
      assert.ok(!texts.includes("never stored"));
      listener.cancel();
    });

    test("Chat gives back all that it stored before a refused message ends it", async () => {
      for (let attempt = 0; attempt < 20; attempt++) {
        const stream = client.bidi(chat);
        const ended = streamError(stream);
        const received = new Collector(stream);
        if (attempt % 2 === 0) await received.atLeast(1);
        const texts = Array.from({ length: 10 }, (_, index) => `${attempt} ${index} ${"x".repeat(8_000)}`);
        for (const text of texts) stream.write({ userName: "grace", text });
        stream.write({ userName: "grace", text: " " });
        assert.equal(readRefusal(await ended).reason, "TEXT_EMPTY");
        assert.deepEqual(
          received.messages.slice(-10).map((message) => message.text),
          texts,
        );
      }
    });

    test("a refused message ends Chat with its reason while the recent messages are still on their way", async () => {
      await client.unary(simple.UserService.method.createUser, {
        name: "held",
        password: "four plain words",
      });
      for (let attempt = 0; attempt < 20; attempt++) {
        const stream = client.bidi(chat);
        const ended = streamError(stream);
        new Collector(stream);
        stream.write({ userName: "held", text: "never stored" });
        assert.equal(readRefusal(await ended).reason, "NAME_HELD");
      }
    });

    test("a guest's name must be there, short and visible", async () => {
      const cases = [
        { userName: "", reason: "NAME_EMPTY" },
        { userName: " \t ", reason: "NAME_EMPTY" },
        { userName: "\u200b", reason: "NAME_EMPTY" },
        { userName: "x".repeat(65), reason: "NAME_TOO_LONG" },
        { userName: "a\u0007b", reason: "NAME_INVALID" },
        { userName: "a\u001b[31mb", reason: "NAME_INVALID" },
        { userName: "a\nb", reason: "NAME_INVALID" },
        { userName: "a\u202eb", reason: "NAME_INVALID" },
      ];
      for (const { userName, reason } of cases) {
        const refusal = await refusalOf(send("hello", userName));
        assert.equal(refusal.code, status.INVALID_ARGUMENT, reason);
        assert.equal(refusal.reason, reason);
        assert.equal(refusal.field, "user_name");
      }
      await send("64 characters are allowed, wherever they come from", "👋".repeat(64));
    });

    test("a text must be there and at most 16 KiB of UTF-8", async () => {
      for (const text of ["", "   ", "\n\t", "\u200b\u200b"]) {
        const refusal = await refusalOf(send(text));
        assert.deepEqual(
          [refusal.code, refusal.reason, refusal.field],
          [status.INVALID_ARGUMENT, "TEXT_EMPTY", "text"],
        );
      }
      for (const text of ["a".repeat(16_385), "é".repeat(8_193), "👋".repeat(4_097)]) {
        const refusal = await refusalOf(send(text));
        assert.deepEqual(
          [refusal.code, refusal.reason, refusal.field],
          [status.INVALID_ARGUMENT, "TEXT_TOO_LONG", "text"],
        );
      }
      for (const text of ["a".repeat(16_384), "é".repeat(8_192), "👋".repeat(4_096)]) {
        assert.equal((await send(text)).text, text);
      }
    });

    test("a request over 64 KiB is refused, and so is one far over it", async () => {
      const refusal = await refusalOf(send("a".repeat(70_000)));
      assert.deepEqual([refusal.code, refusal.reason], [status.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE"]);
      const cutOff = await refusalOf(send("a".repeat(3_000_000)));
      assert.equal(cutOff.code, status.RESOURCE_EXHAUSTED);
    });

    test("a malformed request is refused and nothing is stored", async () => {
      const truncated = Buffer.from("0a05", "hex");
      const badUtf8 = Buffer.from("0a02c328120161", "hex");
      for (const bytes of [truncated, badUtf8]) {
        const refusal = await refusalOf(client.unaryBytes(sendMessage, bytes));
        assert.deepEqual([refusal.code, refusal.reason], [status.INVALID_ARGUMENT, "REQUEST_MALFORMED"]);
      }
    });

    test("an unknown method is UNIMPLEMENTED", async () => {
      const unknown = { ...sendMessage, name: "NoSuchMethod" } as typeof sendMessage;
      const refusal = await refusalOf(client.unary(unknown, { userName: "ada", text: "hello" }));
      assert.equal(refusal.code, status.UNIMPLEMENTED);
      assert.match(refusal.message, /NoSuchMethod/);
    });

    test("a refusal names its request", async () => {
      assert.match((await refusalOf(send(""))).requestId ?? "", /^[0-9a-f-]{36}$/);
    });
  });
}
