import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { connectAs, disconnect, roomOf, type Server, untilStatus } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { createTestServer, transportTo } from "./support/test-server.ts";
import { until, untilValue } from "./support/wait.ts";
import { connectWatched } from "./support/watched-transport.ts";

const seed = {
  users: { ada: { displayName: "Ada" }, grace: {}, kay: {} },
  rooms: {
    engine: {
      owner: "ada",
      members: { grace: "member", kay: "member" },
      messages: [{ from: "ada", text: "hello" }],
    },
    open: { owner: "ada", isPublic: true },
  },
} as const;
type Name = keyof typeof seed.users;

/** Gives a user another display name, from another device of theirs. */
async function rename(server: Server<Name>, name: Name, displayName: string): Promise<void> {
  const transport = transportTo(server.address);
  const { accessToken } = await server.signIn(server.users[name].id);
  const request = { user: { id: "me", displayName }, updateMask: { paths: ["display_name"] } };
  const { updateUser } = v1.UserService.method;
  await transport.unary(updateUser, request, { accessToken, timeoutMs: 10_000 });
  transport.close();
}

describe("a profile", () => {
  test("that changes is shown anew wherever it is shown, to the user too", async () => {
    await using server = await createTestServer({ seed });
    await using grace = await connectAs(server, "grace");
    await using ada = await connectAs(server, "ada");
    const room = roomOf(grace, server.rooms.engine);
    const senderName = () => room.timeline.get().items[0]?.sender.displayName;
    await untilValue(room.timeline, () => senderName() === "Ada");
    await rename(server, "ada", "Countess");
    await untilValue(room.timeline, () => senderName() === "Countess", "the new name");
    await until(() => ada.me.displayName === "Countess", "one's own name");
    assert.equal((await grace.users.get(server.users.ada.id)).displayName, "Countess");
  });

  test("that changes while it is being read is not put back to what it was", async () => {
    await using server = await createTestServer({ seed });
    const [read, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let isWatched = false;
    await using watched = await connectWatched(server, "grace", server.address, async (method) => {
      if (method !== "GetUser" || !isWatched) return;
      read.resolve();
      await answered.promise;
    });
    const room = roomOf(watched.chat, server.rooms.engine);
    const senderName = () => room.timeline.get().items[0]?.sender.displayName;
    assert.equal(senderName(), "Ada");
    isWatched = true;
    const reading = watched.chat.users.byHandle("ada");
    await read.promise;
    await rename(server, "ada", "Countess");
    await untilValue(room.timeline, () => senderName() === "Countess", "the new name");
    answered.resolve();
    assert.equal((await reading).displayName, "Countess");
    assert.equal(senderName(), "Countess");
  });

  test("that changes while there is no connection is read again, if it is shown", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using watched = await connectWatched(server, "grace", proxy.address);
    const grace = watched.chat;
    const room = roomOf(grace, server.rooms.engine);
    const senderName = () => room.timeline.get().items[0]?.sender.displayName;
    await untilValue(room.timeline, () => senderName() === "Ada");
    await grace.users.byHandle("kay");
    const unsubscribe = room.timeline.subscribe(() => {});
    await disconnect(grace, proxy);
    await rename(server, "ada", "Countess");
    await rename(server, "kay", "Alan");
    proxy.unblock();
    await untilStatus(grace, "online");
    await untilValue(room.timeline, () => senderName() === "Countess", "the new name");
    unsubscribe();
    assert.equal(grace.users.peek(server.users.kay.id)?.displayName, "kay", "nobody looks at it");
    assert.equal((await grace.users.get(server.users.kay.id)).displayName, "Alan");
  });
});

describe("activity", () => {
  test("is away, and back, for others and those who connect later, also after a lost connection", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada", { address: proxy.address });
    await using grace = await connectAs(server, "grace");
    const adaId = server.users.ada.id;
    const activity = () => grace.present.get().get(adaId);
    await untilValue(grace.present, () => activity() === "online");
    await server.clock.advance(1_000);
    ada.setActivity("away");
    await untilValue(grace.present, () => activity() === "away", "away");
    await using kay = await connectAs(server, "kay");
    assert.equal(kay.present.get().get(adaId), "away", "known at once");
    const members = await roomOf(kay, server.rooms.engine).members();
    assert.equal(members.find(({ userId }) => userId === adaId)?.presence, "away");

    await disconnect(ada, proxy);
    await until(() => {
      void server.clock.advance(5_000);
      return activity() === undefined;
    }, "offline");
    proxy.unblock();
    await untilStatus(ada, "online");
    await until(() => {
      void server.clock.advance(1_000);
      return activity() === "away";
    }, "away again");
    ada.setActivity("online");
    await untilValue(grace.present, () => activity() === "online", "back");
  });

  test("is not stuck on away for a user who comes back while there is no connection", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada", { address: proxy.address });
    await using grace = await connectAs(server, "grace");
    const activity = () => grace.present.get().get(server.users.ada.id);
    await untilValue(grace.present, () => activity() === "online");
    await server.clock.advance(1_000);
    ada.setActivity("away");
    await untilValue(grace.present, () => activity() === "away", "away");
    await disconnect(ada, proxy);
    ada.setActivity("online");
    proxy.unblock();
    await untilStatus(ada, "online");
    await until(() => {
      void server.clock.advance(1_000);
      return activity() === "online";
    }, "back");
  });

  test("of those who go while there is no connection is not kept", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada", { address: proxy.address });
    const grace = await connectAs(server, "grace");
    const graceId = server.users.grace.id;
    await untilValue(ada.present, (present) => present.has(graceId));
    await disconnect(ada, proxy);
    await grace.close();
    await using kay = await connectAs(server, "kay");
    await until(() => {
      void server.clock.advance(5_000);
      return !kay.present.get().has(graceId);
    });
    proxy.unblock();
    await untilStatus(ada, "online");
    assert.deepEqual([...ada.present.get().keys()].sort(), [server.users.ada.id, server.users.kay.id].sort());
  });
});

describe("a removal", () => {
  test("is told with its reason, and one that came while there was no connection too", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    await using kay = await connectAs(server, "kay", { address: proxy.address });
    const room = roomOf(ada, server.rooms.engine);
    const { id: roomId } = room;
    const expireTime = new Date(server.clock.now() + 3_600_000);
    await room.remove(server.users.grace.id, { reason: "off topic" });
    await untilValue(grace.rooms.removals, ({ length }) => length === 1);
    const common = { roomId, title: room.info.get().title };
    assert.deepEqual(grace.rooms.removals.get(), [
      { ...common, state: "left", reason: "off topic", actorId: ada.me.id },
    ]);
    assert.equal(grace.rooms.get(roomId), undefined);

    await disconnect(kay, proxy);
    await room.updateMember(server.users.kay.id, { state: "banned", expireTime, reason: "spam" });
    proxy.unblock();
    await untilValue(kay.rooms.removals, ({ length }) => length === 1);
    assert.deepEqual(kay.rooms.removals.get(), [
      { ...common, state: "banned", until: expireTime, reason: "spam", actorId: "" },
    ]);
    const open = await grace.rooms.open("open");
    const there = await ada.rooms.open("open");
    await there.updateMember(server.users.grace.id, { mutedUntil: expireTime });
    await untilValue(open.info, ({ self }) => self?.mutedUntil !== undefined);
    await open.leave();
    await until(() => grace.rooms.get(open.id) === undefined);
    assert.equal(grace.rooms.removals.get().length, 1, "who leaves by themselves is not removed");
  });
});
