import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ClosedError } from "@confab/client";
import { connectAs, disconnect, numbers, roomOf, statesOf, textsOf } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { createTestServer } from "./support/test-server.ts";

const seed = {
  users: { ada: {}, grace: {} },
  rooms: { engine: { owner: "ada", members: { grace: "member" } } },
} as const;

describe("a second send with the same id", () => {
  test("is the same send while the first is under way, if it says the same", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using chat = await connectAs(server, "grace", { address: proxy.address });
    const room = roomOf(chat, server.rooms.engine);
    await disconnect(chat, proxy);
    const clientMessageId = "1";
    const aborting = new AbortController();
    const first = room.send("once", { clientMessageId, signal: aborting.signal });
    const second = room.send("once", { clientMessageId });
    await assert.rejects(room.send("other", { clientMessageId }), {
      name: "InvalidArgumentError",
      reason: "MESSAGE_ID_REUSED",
    });
    assert.deepEqual([textsOf(room), chat.unsent.get()], [["once"], 1]);
    aborting.abort();
    await assert.rejects(first, { name: "AbortError" });
    assert.deepEqual(textsOf(room), ["once"], "the second send wants it still");
    proxy.unblock();
    assert.equal((await second).seq, 1);
  });
});

describe("giving up", () => {
  test("a signal takes back what is not on its way; what is on its way goes on", async () => {
    await using server = await createTestServer({ seed, faults: { delayStore: { ms: 100 } } });
    await using chat = await connectAs(server, "grace");
    const room = roomOf(chat, server.rooms.engine);
    const aborting = new AbortController();
    const { signal } = aborting;
    // As many as may be on their way without an answer, and one more.
    const ahead = numbers(63).map((text) => room.send(text));
    const sending = ["on its way", "waiting"].map((text) =>
      assert.rejects(room.send(text, { signal }), { name: "AbortError" }),
    );
    const last = room.send("last");
    aborting.abort();
    await Promise.all(sending);
    assert.deepEqual(textsOf(room).slice(-2), ["on its way", "last"]);
    await Promise.all([...ahead, last]);
    assert.deepEqual(statesOf(room.timeline.get().items).slice(-2), ["on its way sent", "last sent"]);
    await assert.rejects(room.send("too late", { signal }), { name: "AbortError" });
  });

  test("closing rejects what is unsent", async () => {
    await using server = await createTestServer({ seed, faults: { delayStore: { ms: 100 } } });
    const chat = await connectAs(server, "grace");
    const room = roomOf(chat, server.rooms.engine);
    const sending = numbers(3).map((text) => assert.rejects(room.send(text), ClosedError));
    await chat.close();
    await Promise.all(sending);
  });
});
