import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Chat, Message } from "@confab/client";
import { v1 } from "@confab/protocol";
import { connectAs, disconnect, roomOf, untilStatus } from "./support/chats.ts";
import { MemoryStore } from "./support/memory-store.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { createTestServer, transportTo } from "./support/test-server.ts";
import { all, HANG_MS, take } from "./support/wait.ts";

const seed = {
  users: { ada: {}, grace: {}, kay: {} },
  rooms: {
    engine: { owner: "ada", members: { grace: "member" }, messages: [{ from: "ada", text: "old" }] },
    analysis: { owner: "ada", members: { grace: "member" } },
  },
} as const;
const textsOf = (messages: readonly Message[]): string[] => messages.map(({ text }) => text);

/** Makes a room, takes grace in, and sends a text before and one after her joining. */
async function addTo(owner: Chat, guest: Chat, title: string): Promise<void> {
  const room = await owner.rooms.create({ title });
  await room.send(`before ${title}`);
  await room.invite([guest.me.id]);
  await guest.rooms.join(room.id);
  await room.send(`first in ${title}`);
}

describe("the messages of all rooms", () => {
  test("come from the rooms of now and of later, each in order, from now on or from the joining", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const taking = take(grace.messages(), 8);
    const [engine, analysis] = [roomOf(ada, server.rooms.engine), roomOf(ada, server.rooms.analysis)];
    await engine.send("e1");
    await addTo(ada, grace, "looms");
    await analysis.send("a1");
    await engine.send("e2");
    await analysis.send("a2");
    const direct = await ada.rooms.openDirect(["grace"]);
    await direct.send("in private");
    await addTo(ada, grace, "cards");
    await direct.send("still in private");
    const read = await taking;
    assert.deepEqual(textsOf(read).sort(), [
      ...["a1", "a2", "e1", "e2", "first in cards", "first in looms", "in private", "still in private"],
    ]);
    for (const { id } of ada.rooms.get()) {
      const seqs = read.filter(({ roomId }) => roomId === id).map(({ seq }) => seq);
      assert.deepEqual(
        seqs,
        seqs.toSorted((a, b) => a - b),
      );
    }
    assert.deepEqual(
      read.map(({ sender }) => sender.handle),
      read.map(() => "ada"),
    );
  });

  test("miss none of a room that one is added to while away, or while nobody looks", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `writer-${index}`);
    const users = Object.fromEntries(["bot", ...names].map((name) => [name, {}]));
    await using server = await createTestServer({ seed: { users } });
    const cursors = new MemoryStore();
    const write = async (name: string, text: string): Promise<void> => {
      await using chat = await connectAs(server, name);
      const room = await chat.rooms.openDirect(["bot"]);
      await room.send(`${text} of ${name}`);
    };
    const expected = (text: string, from: readonly string[]): string[] =>
      from.map((name) => `${text} of ${name}`).sort();

    const first = await connectAs(server, "bot", { cursors });
    const taking = take(first.messages(), 10);
    await Promise.all(names.slice(0, 10).map((name) => write(name, "hello")));
    assert.deepEqual(textsOf(await taking).sort(), expected("hello", names.slice(0, 10)));
    await first.close();

    await Promise.all(names.map((name) => write(name, "again")));
    await using second = await connectAs(server, "bot", { cursors });
    const read = textsOf(await take(second.messages(), 21));
    // The message in hand when the first run ended comes again.
    const repeated = read.filter((text) => text.startsWith("hello"));
    assert.equal(repeated.length, 1);
    assert.deepEqual(read.filter((text) => !text.startsWith("hello")).sort(), expected("again", names));
  });

  test("go on after a lost connection, with all that was missed", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    const taking = take(grace.messages(), 302);
    const [engine, analysis] = [roomOf(ada, server.rooms.engine), roomOf(ada, server.rooms.analysis)];
    await engine.send("e0");
    await disconnect(grace, proxy);
    await Promise.all(Array.from({ length: 300 }, (_, index) => engine.send(`e${index + 1}`)));
    await analysis.send("a1");
    proxy.unblock();
    await untilStatus(grace, "online");
    const read = textsOf(await taking);
    assert.equal(read.filter((text) => text === "a1").length, 1);
    assert.deepEqual(
      read.filter((text) => text.startsWith("e")),
      Array.from({ length: 301 }, (_, index) => `e${index}`),
    );
  });

  test("leave out a room that one may not read, and come again when one may", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    const cursors = new MemoryStore();
    const [engine, analysis] = [roomOf(ada, server.rooms.engine), roomOf(ada, server.rooms.analysis)];
    await engine.updateMember(server.users.grace.id, { deny: ["read"] });
    await engine.send("unread");
    await using grace = await connectAs(server, "grace", { cursors });
    const iterator = grace.messages()[Symbol.asyncIterator]();
    const next = async (): Promise<string> => (await iterator.next()).value?.text;
    const first = next();
    await analysis.send("readable");
    assert.equal(await first, "readable");
    await engine.updateMember(server.users.grace.id, { deny: [] });
    assert.deepEqual([await next(), await next()], ["old", "unread"]);
    await iterator.return?.();
  });

  test("end with the chat, and reject when the session ends or the signal aborts", async () => {
    await using server = await createTestServer({ seed });
    const closed = await connectAs(server, "grace");
    const reading = all(closed.messages());
    await closed.close();
    assert.deepEqual(await reading, []);
    await using chat = await connectAs(server, "grace");
    const stopping = new AbortController();
    const stopped = all(chat.messages({ signal: stopping.signal }));
    stopping.abort(new Error("enough"));
    await assert.rejects(stopped, /enough/);
    const refused = all(chat.messages());
    const { accessToken } = await server.signIn(server.users.grace.id);
    const transport = transportTo(server.address);
    await transport.unary(
      v1.UserService.method.deleteUser,
      { userId: "me" },
      { accessToken, timeoutMs: HANG_MS },
    );
    transport.close();
    await assert.rejects(refused, { name: "UnauthenticatedError" });
  });

  test("one message can be had by its number", async () => {
    await using server = await createTestServer({ seed });
    await using grace = await connectAs(server, "grace");
    const room = roomOf(grace, server.rooms.engine);
    const message = await room.message(1);
    assert.deepEqual([message.text, message.sender.handle, message.seq], ["old", "ada", 1]);
    await assert.rejects(room.message(2), { name: "NotFoundError", reason: "MESSAGE_NOT_FOUND" });
  });
});
