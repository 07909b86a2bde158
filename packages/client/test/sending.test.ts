import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { connectOver, InvalidArgumentError, QuotaError, type Transport } from "@confab/client";
import { connectAs, disconnect, numbers, roomOf, statesOf, textsOf } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { createTestServer, isOverWeb, transportTo } from "./support/test-server.ts";
import { untilValue } from "./support/wait.ts";

const seed = {
  users: { ada: {}, grace: {} },
  rooms: {
    engine: { owner: "ada", members: { grace: "member" } },
    slow: { owner: "ada", members: { grace: "member" }, slowModeMs: 400 },
    slower: { owner: "ada", members: { grace: "member" }, slowModeMs: 60_000 },
  },
} as const;

describe("a message that is sent", () => {
  test("is shown at once, and becomes what the server has stored, in its place", async () => {
    await using server = await createTestServer({ seed, faults: { delayStore: { ms: 50 } } });
    await using chat = await connectAs(server, "grace");
    const room = roomOf(chat, server.rooms.engine);
    const shown: string[][] = [];
    room.timeline.subscribe(() => shown.push(statesOf(room.timeline.get().items)));
    const sending = room.send("hello", { payload: new Uint8Array([1]), payloadType: "x/y" });
    const echo = room.timeline.get().items[0] ?? assert.fail("nothing is shown");
    assert.deepEqual([echo.seq, echo.id, echo.state, echo.sender.handle], [0, "", "sending", "grace"]);
    assert.equal(chat.unsent.get(), 1);
    const stored = await sending;
    const [item, ...more] = room.timeline.get().items;
    assert.deepEqual(more, []);
    assert.equal(chat.unsent.get(), 0);
    assert.equal(item?.state, "sent");
    assert.deepEqual([item?.seq, item?.clientMessageId], [1, echo.clientMessageId]);
    assert.deepEqual([stored.id, stored.payloadType, [...stored.payload]], [item?.id, "x/y", [1]]);
    assert.deepEqual(
      shown.filter((items, index) => items.join() !== shown[index - 1]?.join()),
      [["hello sending"], ["hello sent"]],
    );
  });

  test("answers, mentions, is in a thread and erases itself", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    await there.send("root");
    const options = { replyToSeq: 1, threadRootSeq: 1, mentionUserIds: [server.users.ada.id], ttlMs: 60_000 };
    const { expireTime } = await here.send("answer", options);
    assert.equal(expireTime?.getTime(), server.clock.now() + 60_000);
    const { items } = await untilValue(there.timeline, ({ items }) => items.length === 2);
    assert.deepEqual([items[1]?.replyToSeq, items[1]?.threadRootSeq, items[1]?.mentionsMe], [1, 1, true]);
    await server.clock.advance(60_000);
    await untilValue(there.timeline, ({ items }) => items[1]?.isDeleted === true && items[1].text === "");
  });

  test("that is blank is refused before it is shown", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectAs(server, "grace");
    const room = roomOf(chat, server.rooms.engine);
    for (const text of ["", "  \n\t"]) {
      await assert.rejects(room.send(text), (error) => {
        assert.ok(error instanceof InvalidArgumentError);
        assert.deepEqual([error.reason, error.fieldViolations[0]?.field], ["TEXT_EMPTY", "text"]);
        return true;
      });
    }
    assert.deepEqual(room.timeline.get().items, []);
    await room.send("", { payload: new Uint8Array([1]), payloadType: "x" });
  });
});

describe("a message that is too large", () => {
  test("is refused before it is shown or sent, and those after it are sent", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectAs(server, "grace");
    const room = roomOf(chat, server.rooms.engine);
    const payloadType = "x/y";
    const refusals = [
      [room.send("x".repeat(70 * 1024)), "TEXT_TOO_LONG"],
      [room.send("ä".repeat(9 * 1024)), "TEXT_TOO_LONG"],
      [room.send("", { payload: new Uint8Array(33 * 1024), payloadType }), "FIELD_TOO_LONG"],
      [room.send("", { payload: new Uint8Array(2 ** 21), payloadType }), "FIELD_TOO_LONG"],
      [room.send("hello", { clientMessageId: "x".repeat(129) }), "FIELD_TOO_LONG"],
      [room.send("hello", { mentionUserIds: Array(4_000).fill("x".repeat(20)) }), "REQUEST_TOO_LARGE"],
      [room.edit(1, "x".repeat(2 ** 21)), "TEXT_TOO_LONG"],
    ] as const;
    for (const [call, reason] of refusals) await assert.rejects(call, { reason });
    assert.deepEqual(room.timeline.get().items, []);
    const text = "x".repeat(16 * 1024);
    assert.equal((await room.send(text, { payload: new Uint8Array(32 * 1024), payloadType })).seq, 1);
    assert.equal(chat.connection.get().status, "online");
  });

  test("fails where the server has named no limits and ends the stream for it; the others are sent", async () => {
    await using server = await createTestServer({ seed });
    const { refreshToken } = await server.signIn(server.users.grace.id);
    const transport = transportTo(server.address);
    let streams = 0;
    const limitless: Transport = {
      unary: async (method, request, options) => {
        const answer = await transport.unary(method, request, options);
        return method.name === "GetServerInfo" ? create(method.output) : answer;
      },
      connect: (hello, options) => {
        streams++;
        return transport.connect(hello, options);
      },
      reset: () => transport.reset(),
      close: () => transport.close(),
    };
    const reconnect = { minDelayMs: 20, maxDelayMs: 200 };
    await using chat = await connectOver(limitless, { refreshToken, reconnect });
    const room = roomOf(chat, server.rooms.engine);
    const large = room.send("x".repeat(70 * 1024));
    const largest = room.send("x".repeat(2 ** 21));
    const last = room.send("last");
    await assert.rejects(large, { reason: "REQUEST_TOO_LARGE" });
    await assert.rejects(largest, { name: "QuotaError" });
    assert.equal((await last).seq, 1);
    // Over the web a message is a call of its own, whose refusal leaves the stream alone.
    assert.equal(streams, isOverWeb ? 1 : 4);
    assert.deepEqual(
      room.timeline.get().items.map(({ state }) => state),
      ["sent", "failed", "failed"],
    );
  });
});

describe("messages that are sent one after the other", () => {
  test("keep their order and are stored once each, while answers are lost and streams are cut", async () => {
    for (const faults of [
      { dropAnswer: { method: "SendMessage", at: 7 } },
      { cutStreams: { afterFrames: 9 } },
      { cutStreams: { afterFrames: 6 }, dropAnswer: { method: "SendMessage", at: 11 } },
    ]) {
      await using server = await createTestServer({ seed, faults });
      await using chat = await connectAs(server, "grace");
      const room = roomOf(chat, server.rooms.engine);
      const sent = await Promise.all(numbers(40).map((text) => room.send(text)));
      assert.deepEqual(
        sent.map(({ seq }) => `${seq}`),
        numbers(40),
      );
      assert.deepEqual(
        statesOf(room.timeline.get().items),
        numbers(40).map((text) => `${text} sent`),
      );
      assert.equal(chat.unsent.get(), 0);
    }
  });

  test("wait while there is no connection, and go when there is one", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using chat = await connectAs(server, "grace", { address: proxy.address });
    const room = roomOf(chat, server.rooms.engine);
    await disconnect(chat, proxy);
    const sending = Promise.all(numbers(5).map((text) => room.send(text)));
    assert.deepEqual(
      statesOf(room.timeline.get().items),
      numbers(5).map((text) => `${text} sending`),
    );
    assert.equal(chat.unsent.get(), 5);
    proxy.unblock();
    assert.deepEqual(
      (await sending).map(({ seq }) => seq),
      [1, 2, 3, 4, 5],
    );
    assert.deepEqual(textsOf(room), numbers(5));
  });

  test("are as many as may be unsent, and no more", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using chat = await connectAs(server, "grace", { address: proxy.address, maxUnsent: 3 });
    const room = roomOf(chat, server.rooms.engine);
    const other = roomOf(chat, server.rooms.slow);
    await disconnect(chat, proxy);
    const sending = [room.send("1"), room.send("2"), other.send("elsewhere")];
    await assert.rejects(
      room.send("4"),
      (error) => error instanceof QuotaError && error.reason === "OUTBOX_FULL",
    );
    assert.deepEqual(textsOf(room), ["1", "2"]);
    proxy.unblock();
    await Promise.all(sending);
    assert.equal((await room.send("3")).seq, 3);
  });
});

describe("a message that is refused", () => {
  test("has failed with the reason, holds up no other, and can be sent again or discarded", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    await there.updateMember(server.users.grace.id, { deny: ["post"] });
    await untilValue(here.info, ({ self }) => self?.deny.includes("post") ?? false);
    const refused = [here.send("one"), here.send("two")].map((sending) =>
      assert.rejects(sending, { name: "PermissionError", reason: "NOT_PERMITTED" }),
    );
    await Promise.all(refused);
    const [one, two] = here.timeline.get().items;
    assert.deepEqual([one?.state, one?.error?.reason, two?.state], ["failed", "NOT_PERMITTED", "failed"]);
    assert.equal(grace.unsent.get(), 2);
    await there.updateMember(server.users.grace.id, { deny: [] });
    await untilValue(here.info, ({ self }) => self?.deny.length === 0);
    await here.send("three");
    assert.deepEqual(statesOf(here.timeline.get().items), ["three sent", "one failed", "two failed"]);

    const retried = await here.retry(one?.clientMessageId ?? "");
    assert.deepEqual([retried.seq, retried.clientMessageId], [2, one?.clientMessageId]);
    here.discard(two?.clientMessageId ?? "");
    assert.deepEqual(statesOf(here.timeline.get().items), ["three sent", "one sent"]);
    assert.equal(grace.unsent.get(), 0);
    assert.throws(() => here.discard(two?.clientMessageId ?? ""), { name: "NotFoundError" });
    await assert.rejects(here.retry("unknown"), { name: "NotFoundError" });
  });

  test("because it is too soon is sent again by itself, in its place, where that is soon", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectAs(server, "grace");
    const room = roomOf(chat, server.rooms.slow);
    await room.send("1");
    const sending = Promise.all([room.send("2"), room.send("3")]);
    assert.deepEqual(statesOf(room.timeline.get().items), ["1 sent", "2 sending", "3 sending"]);
    const moving = setInterval(() => void server.clock.advance(400), 20);
    assert.deepEqual(
      (await sending).map(({ text, seq }) => [text, seq]),
      [
        ["2", 2],
        ["3", 3],
      ],
    );
    clearInterval(moving);
  });

  test("because it is too soon by far has failed, and says when it may be sent", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectAs(server, "grace");
    const room = roomOf(chat, server.rooms.slower);
    await room.send("1");
    await assert.rejects(room.send("2"), (error) => {
      assert.ok(error instanceof QuotaError);
      assert.deepEqual([error.reason, error.retryAfterMs], ["SLOW_MODE", 60_000]);
      return true;
    });
  });

  test("because its id was used for something else before has failed; the same again is the same message", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectAs(server, "grace");
    const room = roomOf(chat, server.rooms.engine);
    await room.send("hello", { clientMessageId: "1" });
    assert.equal((await room.send("hello", { clientMessageId: "1" })).seq, 1);
    await assert.rejects(room.send("other", { clientMessageId: "1" }), { reason: "MESSAGE_ID_REUSED" });
    assert.deepEqual(statesOf(room.timeline.get().items), ["hello sent", "other failed"]);
  });
});
