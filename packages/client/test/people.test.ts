import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NotFoundError, type User } from "@confab/client";
import { connectAs, disconnect, roomOf, untilStatus } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { createTestServer } from "./support/test-server.ts";
import { until, untilValue } from "./support/wait.ts";
import { connectWatched } from "./support/watched-transport.ts";

const seed = {
  users: { ada: { displayName: "Ada" }, grace: {}, kay: { hidesPresence: true } },
  rooms: { engine: { owner: "ada", members: { grace: "member", kay: "member" } } },
} as const;
const handles = (users: readonly User[]): string[] => users.map(({ handle }) => handle).sort();

describe("who is typing", () => {
  test("is shown until they send it, or stop", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    there.setTyping();
    await untilValue(here.typing, (users) => handles(users).join() === "ada");
    await there.send("done");
    await untilValue(here.typing, ({ length }) => length === 0);
    // The server forwards one signal a second.
    await server.clock.advance(1_000);
    there.setTyping();
    await untilValue(here.typing, ({ length }) => length === 1);
    await untilValue(here.typing, ({ length }) => length === 0, "the end of typing");
    assert.deepEqual(there.typing.get(), []);
  });

  test("is signalled again right after a send, also for keys typed while it was on its way", async () => {
    await using server = await createTestServer({ seed });
    await using watched = await connectWatched(server, "ada");
    const ada = watched.chat;
    await using grace = await connectAs(server, "grace");
    const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    const isThere = (text: string) => () => here.info.get().lastMessage?.text === text;
    there.setTyping();
    await untilValue(here.typing, ({ length }) => length === 1);
    const sending = there.send("one");
    there.setTyping();
    await sending;
    assert.deepEqual(watched.commands, ["signalActivity", "sendMessage", "signalActivity"]);
    // A message ends its sender's typing.
    await until(isThere("one"));
    await untilValue(here.typing, ({ length }) => length === 1);
    await there.send("two");
    there.setTyping();
    assert.deepEqual(watched.commands.slice(3), ["sendMessage", "signalActivity"]);
    await until(isThere("two"));
    await untilValue(here.typing, ({ length }) => length === 1);
  });

  test("is signalled at most every three seconds, and not while there is no connection", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using watched = await connectWatched(server, "ada", proxy.address);
    const ada = watched.chat;
    const there = roomOf(ada, server.rooms.engine);
    for (let key = 0; key < 100; key++) there.setTyping();
    assert.deepEqual(watched.commands, ["signalActivity"]);
    await there.send("x");
    proxy.cut();
    await untilStatus(ada, "reconnecting");
    there.setTyping();
    await untilStatus(ada, "online");
    there.setTyping();
    assert.deepEqual(watched.commands, ["signalActivity", "sendMessage", "signalActivity"]);
  });
});

describe("who is there", () => {
  test("is known when someone looks, and kept right", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    const room = roomOf(ada, server.rooms.engine);
    await untilValue(room.online, (users) => handles(users).join() === "ada");
    const grace = await connectAs(server, "grace");
    await using _kay = await connectAs(server, "kay");
    await untilValue(room.online, (users) => handles(users).join() === "ada,grace");
    await grace.close();
    await until(() => {
      void server.clock.advance(5_000);
      return handles(room.online.get()).join() === "ada";
    });
    const members = await room.members();
    assert.deepEqual(members.map(({ user, role }) => `${user.handle} ${role}`).sort(), [
      "ada owner",
      "grace member",
      "kay member",
    ]);
    await room.remove(server.users.kay.id);
    await untilValue(room.info, ({ memberCount }) => memberCount === 2);
  });

  test("is known of those who come into the room later, and to them", async () => {
    await using server = await createTestServer({
      seed: { users: { ada: {}, eve: {} }, rooms: { open: { owner: "ada", isPublic: true } } },
    });
    await using ada = await connectAs(server, "ada");
    const room = roomOf(ada, server.rooms.open);
    await untilValue(room.online, (users) => handles(users).join() === "ada");
    await using eve = await connectAs(server, "eve");
    const entered = await eve.rooms.open("open");
    await untilValue(room.online, (users) => handles(users).join() === "ada,eve");
    await untilValue(entered.online, (users) => handles(users).join() === "ada,eve");
  });

  test("is loaded again after a lost connection", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada", { address: proxy.address });
    const room = roomOf(ada, server.rooms.engine);
    await untilValue(room.online, ({ length }) => length === 1);
    await disconnect(ada, proxy);
    await using _grace = await connectAs(server, "grace");
    proxy.unblock();
    await untilValue(room.online, (users) => handles(users).join() === "ada,grace");
  });
});

describe("people", () => {
  test("are found by id, handle and the beginning of their names", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectAs(server, "grace");
    const { id } = server.users.ada;
    assert.equal(chat.users.peek(id), undefined);
    const ada = await chat.users.byHandle("ADA");
    assert.deepEqual([ada.id, ada.displayName, ada.isKnown], [id, "Ada", true]);
    assert.equal(await chat.users.get(id), ada);
    assert.equal(chat.users.peek(id), ada);
    assert.deepEqual(handles(await chat.users.search("gr")), ["grace"]);
    await assert.rejects(chat.users.byHandle("nobody"), NotFoundError);
    await assert.rejects(chat.users.get("no-such-id"), NotFoundError);
    await assert.rejects(chat.users.byHandle("ada", { signal: AbortSignal.abort() }), { name: "AbortError" });
  });

  test("are asked for together, and stand-ins are shown meanwhile", async () => {
    const names = Array.from({ length: 150 }, (_, index) => `user${index}`);
    const users = Object.fromEntries(names.map((name) => [name, {}]));
    const messages = names.map((from) => ({ from, text: `I am ${from}` }));
    const members = Object.fromEntries(names.slice(1).map((name) => [name, "member"] as const));
    const engine = { owner: "user0", members, messages };
    await using server = await createTestServer({ seed: { users, rooms: { engine } } });
    await using watched = await connectWatched<string>(server, "user0");
    const { chat } = watched;
    const room = roomOf(chat, server.rooms.engine);
    await room.loadOlder();
    await room.loadOlder();
    const { items } = room.timeline.get();
    assert.deepEqual(
      [items.length, items[3]?.sender.isKnown, items[3]?.sender.displayName],
      [150, false, "…"],
    );
    const known = await untilValue(room.timeline, (timeline) =>
      timeline.items.every(({ sender }) => sender.isKnown),
    );
    for (const { sender, text } of known.items) assert.equal(text, `I am ${sender.displayName}`);
    // The newest message's sender was asked for before; the others come in two batches.
    assert.equal(watched.calls.filter((name) => name === "BatchGetUsers").length, 3);
  });
});
