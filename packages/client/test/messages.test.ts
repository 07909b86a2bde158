import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Message } from "@confab/client";
import { connectAs, disconnect, numbers, roomOf, sendMany } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { createTestServer } from "./support/test-server.ts";
import { all, take, until, untilValue } from "./support/wait.ts";

const HOUR_MS = 3_600_000;
const texts = (messages: readonly Message[]): string[] => messages.map(({ text }) => text);

function seedWith(count: number) {
  const messages = numbers(count).map((text) => ({ from: "ada", text }) as const);
  const engine = { owner: "ada", members: { grace: "member" }, messages, retentionMs: 2 * HOUR_MS } as const;
  return { users: { ada: { displayName: "Ada" }, grace: {} }, rooms: { engine } } as const;
}

describe("the messages of a room", () => {
  test("come from now on, in order, with the names of who sent them", async () => {
    await using server = await createTestServer({ seed: seedWith(3) });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const taking = take(roomOf(grace, server.rooms.engine).messages(), 3);
    for (const text of ["a", "b", "c"]) await roomOf(ada, server.rooms.engine).send(text);
    const messages = await taking;
    assert.deepEqual(texts(messages), ["a", "b", "c"]);
    assert.deepEqual(
      [messages[0]?.sender.displayName, messages[0]?.isMine, messages[0]?.seq],
      ["Ada", false, 4],
    );
  });

  test("come with the last that are there, or after one, however many pages that is", async () => {
    await using server = await createTestServer({ seed: seedWith(250) });
    await using chat = await connectAs(server, "grace");
    const room = roomOf(chat, server.rooms.engine);
    assert.deepEqual(texts(await take(room.messages({ last: 3 }), 3)), ["248", "249", "250"]);
    assert.deepEqual(texts(await take(room.messages({ last: 1_000 }), 250)), numbers(250));
    assert.deepEqual(texts(await take(room.messages({ afterSeq: 0 }), 250)), numbers(250));
    const sent = [room.send("251"), room.send("252")];
    assert.deepEqual(texts(await take(room.messages({ afterSeq: 247 }), 5)), numbers(5, 248));
    await Promise.all(sent);
  });

  test("leave out what was deleted, and are as they stand when they are given", async () => {
    await using server = await createTestServer({ seed: seedWith(5) });
    await using chat = await connectAs(server, "ada");
    const room = roomOf(chat, server.rooms.engine);
    const iterator = room.messages({ last: 5 })[Symbol.asyncIterator]();
    assert.equal((await iterator.next()).value.text, "1");
    await room.delete(3);
    await room.edit(4, "four");
    await room.loadOlder();
    const rest: string[] = [];
    for (let count = 0; count < 3; count++) rest.push((await iterator.next()).value.text);
    assert.deepEqual(rest, ["2", "four", "5"]);
    await iterator.return?.();
  });

  test("come each once and in order to readers of any speed, while the connection breaks", async () => {
    await using server = await createTestServer({ seed: seedWith(1) });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    const room = roomOf(grace, server.rooms.engine);
    const count = 600;
    const fast = take(room.messages({ last: 1 }), count);
    const slow = (async () => {
      const taken: Message[] = [];
      for await (const message of room.messages({ last: 1 })) {
        taken.push(message);
        if (taken.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        if (taken.length === count) break;
      }
      return taken;
    })();
    for (const text of numbers(count - 1, 2)) {
      const { seq } = await roomOf(ada, server.rooms.engine).send(text);
      if (seq % 40 === 0) proxy.cut();
    }
    assert.deepEqual(texts(await fast), numbers(count));
    assert.deepEqual(texts(await slow), numbers(count));
  });

  test("that were missed come by pages where the stream is too far behind", async () => {
    await using server = await createTestServer({ seed: seedWith(1) });
    await using proxy = await TcpProxy.open(server.address);
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    const room = roomOf(grace, server.rooms.engine);
    const shown = untilValue(room.timeline, ({ items }) => items.length === 1);
    const fromHere = room.messages();
    await shown;
    await disconnect(grace, proxy);
    await sendMany(server, { name: "ada", roomId: room.id, count: 10_100 });
    const unsubscribe = room.timeline.subscribe(() => {});
    proxy.unblock();
    const messages = await take(fromHere, 10_100);
    assert.deepEqual(
      messages.map(({ seq }) => seq),
      messages.map((_, index) => index + 2),
    );
    const { items } = await untilValue(room.timeline, (timeline) => timeline.items.length > 50);
    assert.deepEqual(
      items.map(({ seq }) => seq),
      items.map((_, index) => 10_101 - items.length + 1 + index),
    );
    unsubscribe();
  });

  test("that retention has erased meanwhile are passed over", async () => {
    await using server = await createTestServer({ seed: seedWith(20) });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    const room = roomOf(grace, server.rooms.engine);
    await room.loadOlder();
    const iterator = room.messages({ afterSeq: 0 })[Symbol.asyncIterator]();
    assert.equal((await iterator.next()).value.text, "1");
    await disconnect(grace, proxy);
    const there = roomOf(ada, server.rooms.engine);
    await there.send("21");
    await server.clock.advance(HOUR_MS);
    await there.send("22");
    await there.send("23");
    await server.clock.advance(HOUR_MS + 1);
    proxy.unblock();
    await untilValue(room.info, ({ firstSeq }) => firstSeq === 22);
    assert.deepEqual(
      room.timeline.get().items.map(({ seq }) => seq),
      [22, 23],
    );
    assert.equal(room.timeline.get().hasOlder, false);
    assert.equal((await iterator.next()).value.text, "22");
    assert.equal((await iterator.next()).value.text, "23");
    await iterator.return?.();
  });

  test("end when the user leaves the room, or the chat is closed, or the signal aborts", async () => {
    await using server = await createTestServer({ seed: seedWith(2) });
    const chat = await connectAs(server, "grace");
    const room = roomOf(chat, server.rooms.engine);
    const aborting = new AbortController();
    const aborted = assert.rejects(all(room.messages({ signal: aborting.signal })), { name: "AbortError" });
    aborting.abort();
    await aborted;
    await assert.rejects(all(room.messages({ last: 2, signal: aborting.signal })), { name: "AbortError" });
    const leaving = all(room.messages({ last: 1 }));
    await room.leave();
    assert.deepEqual(texts(await leaving), ["2"]);
    assert.deepEqual(chat.rooms.get(), []);
    const other = await chat.rooms.create({ title: "other" });
    const closing = all(other.messages());
    await chat.close();
    assert.deepEqual(await closing, []);
  });

  test("are waited for while there is no connection to read them by", async () => {
    await using server = await createTestServer({ seed: seedWith(150) });
    await using proxy = await TcpProxy.open(server.address);
    await using chat = await connectAs(server, "grace", { address: proxy.address });
    const room = roomOf(chat, server.rooms.engine);
    const iterator = room.messages({ afterSeq: 0 })[Symbol.asyncIterator]();
    for (const text of numbers(100)) assert.equal((await iterator.next()).value.text, text);
    await disconnect(chat, proxy);
    const next = iterator.next();
    await until(() => proxy.refused > 1);
    proxy.unblock();
    assert.equal((await next).value.text, "101");
    await iterator.return?.();
  });
});
