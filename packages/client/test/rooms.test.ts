import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConflictError, NotFoundError, PermissionError, type Room } from "@confab/client";
import { connectAs, roomOf } from "./support/chats.ts";
import { createTestServer } from "./support/test-server.ts";
import { take, untilValue } from "./support/wait.ts";

const seed = {
  users: { ada: { displayName: "Ada" }, grace: { displayName: "Grace" }, kay: {} },
  rooms: {
    engine: { owner: "ada", members: { grace: "member" } },
    open: { owner: "ada", isPublic: true, topic: "for all", messages: [{ from: "ada", text: "hi" }] },
    knock: { owner: "ada", isPublic: true, joinRule: "knock" },
    secret: { owner: "ada" },
  },
} as const;
const titles = (rooms: readonly Room[]): string[] => rooms.map(({ info }) => info.get().title);

describe("opening a room", () => {
  test("finds it by id, and by title in any case", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectAs(server, "grace");
    const room = await chat.rooms.open(server.rooms.engine.id);
    assert.equal(await chat.rooms.open(" ENGINE"), room);
    assert.equal(chat.rooms.get(room.id), room);
    assert.deepEqual(chat.rooms.get(), [room]);
  });

  test("joins a public one, by id or title", async () => {
    await using server = await createTestServer({ seed });
    await using grace = await connectAs(server, "grace");
    await using kay = await connectAs(server, "kay");
    for (const room of [await grace.rooms.open("Open"), await kay.rooms.open(server.rooms.open.id)]) {
      const { title, topic, isPublic, self, unreadCount, lastMessage } = room.info.get();
      assert.deepEqual(
        [title, topic, isPublic, self?.state, unreadCount],
        ["open", "for all", true, "joined", 0],
      );
      assert.equal(lastMessage?.text, "hi");
    }
    await untilValue(roomOf(grace, server.rooms.open).info, ({ memberCount }) => memberCount === 3);
  });

  test("is refused if there is none, or if the user may not join", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectAs(server, "grace");
    for (const name of ["nowhere", "secret", server.rooms.secret.id, "", "x".repeat(500)]) {
      await assert.rejects(chat.rooms.open(name), (error) => {
        assert.ok(error instanceof NotFoundError, String(error));
        assert.equal(error.reason, "ROOM_NOT_FOUND");
        return true;
      });
    }
    await assert.rejects(chat.rooms.open("knock"), (error) => {
      assert.ok(error instanceof PermissionError);
      assert.equal(error.reason, "APPROVAL_REQUIRED");
      return true;
    });
    await assert.rejects(chat.rooms.open("engine", { signal: AbortSignal.abort() }), { name: "AbortError" });
  });

  test("whose title is that of another asks for the id", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectAs(server, "ada");
    await chat.rooms.create({ title: "Engine" });
    await assert.rejects(chat.rooms.open("engine"), (error) => error instanceof ConflictError);
    assert.equal((await chat.rooms.open(server.rooms.engine.id)).id, server.rooms.engine.id);
  });
});

describe("rooms", () => {
  test("are made, found, joined by invitation, changed, left and erased", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const made = await ada.rooms.create({
      title: "new",
      topic: "t",
      isPublic: true,
      joinRule: "invite",
      members: ["grace", server.users.kay.id],
      labels: { a: "b" },
    });
    const { self, policy, labels } = made.info.get();
    assert.deepEqual([self?.role, policy.joinRule, labels], ["owner", "invite", { a: "b" }]);
    const { rooms } = await grace.rooms.browse({ query: "NE" });
    assert.deepEqual(
      rooms.map(({ title }) => title),
      ["new"],
    );
    const [invitation] = await untilValue(grace.rooms.invitations, ({ length }) => length === 1);
    assert.deepEqual([invitation?.id, invitation?.self?.state], [made.id, "invited"]);
    const joined = await grace.rooms.open("new");
    assert.deepEqual(grace.rooms.invitations.get(), []);
    await untilValue(made.info, ({ memberCount }) => memberCount === 2);

    const changed = await made.update({ title: "newer", slowModeMs: 1_000, labels: {} });
    assert.deepEqual([changed.title, changed.policy.slowModeMs, changed.labels], ["newer", 1_000, {}]);
    await untilValue(joined.info, ({ title, topic }) => title === "newer" && topic === "t");
    await made.updateMember(server.users.grace.id, {
      role: "moderator",
      mutedUntil: new Date(server.clock.now() + 60_000),
    });
    await untilValue(joined.info, ({ self }) => self?.role === "moderator" && self.mutedUntil !== undefined);
    await made.updateMember(server.users.grace.id, { mutedUntil: null });
    await untilValue(joined.info, ({ self }) => self?.mutedUntil === undefined);
    await joined.leave();
    await untilValue(grace.rooms, (entered) => !entered.includes(joined));
    await made.deleteRoom();
    await untilValue(ada.rooms, (entered) => !entered.includes(made));
  });

  test("invitations can be declined", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using kay = await connectAs(server, "kay");
    await roomOf(ada, server.rooms.secret).invite(["kay"]);
    const [invitation] = await untilValue(kay.rooms.invitations, ({ length }) => length === 1);
    await kay.rooms.decline(invitation?.id ?? "");
    await untilValue(kay.rooms.invitations, ({ length }) => length === 0);
    await assert.rejects(kay.rooms.decline("nothing"), NotFoundError);
    await assert.rejects(roomOf(ada, server.rooms.secret).invite(["nobody"]), NotFoundError);
  });

  test("a direct room is called after the others, and is the same for the same people", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const room = await ada.rooms.openDirect(["grace", "kay"]);
    assert.equal((await ada.rooms.openDirect([server.users.kay.id, server.users.grace.id])).id, room.id);
    await untilValue(room.info, ({ title }) => ["Grace, kay", "kay, Grace"].includes(title));
    assert.equal(room.info.get().kind, "direct");
    const graces = grace.rooms.get().length;
    await room.send("psst");
    const there = await untilValue(grace.rooms, ({ length }) => length === graces + 1).then(() =>
      roomOf(grace, room),
    );
    assert.equal((await take(there.messages({ last: 1 }), 1))[0]?.sender.displayName, "Ada");
    assert.equal(there.info.get().unreadCount, 1);
    await untilValue(room.info, ({ memberCount }) => memberCount === 3);
  });

  test("a direct room that was left keeps its name for the others, and comes back with their next message", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const room = await ada.rooms.openDirect(["grace"]);
    await room.send("one");
    await untilValue(grace.rooms, () => grace.rooms.get(room.id) !== undefined);
    await roomOf(grace, room).leave();
    await untilValue(grace.rooms, () => grace.rooms.get(room.id) === undefined);
    await untilValue(room.info, ({ memberCount, title }) => memberCount === 1 && title === "Grace");
    await room.send("two");
    await untilValue(grace.rooms, () => grace.rooms.get(room.id) !== undefined);
    const back = roomOf(grace, room);
    assert.deepEqual([back.info.get().unreadCount, back.info.get().joinedSeq], [1, 1]);
    await back.leave();
    await grace.allowDirectMessages("nobody");
    assert.equal((await ada.users.byHandle("grace")).directMessages, "nobody");
    await assert.rejects(room.send("three"), { name: "PermissionError", reason: "DM_NOT_ALLOWED" });
    await assert.rejects(ada.rooms.openDirect(["grace"]), { reason: "DM_NOT_ALLOWED" });
    await grace.allowDirectMessages("default");
    await room.retry(room.timeline.get().items.at(-1)?.clientMessageId ?? "");
    await untilValue(grace.rooms, () => grace.rooms.get(room.id) !== undefined);
  });

  test("are listed by their newest activity, and a change of any notifies", async () => {
    await using server = await createTestServer({ seed, clock: Date.UTC(2030, 0, 1) });
    await using ada = await connectAs(server, "ada");
    await server.clock.advance(1_000);
    await roomOf(ada, server.rooms.knock).send("1");
    await untilValue(ada.rooms, (rooms) => titles(rooms)[0] === "knock");
    await server.clock.advance(1_000);
    await roomOf(ada, server.rooms.engine).send("2");
    const rooms = await untilValue(ada.rooms, (list) => titles(list)[0] === "engine");
    assert.deepEqual(titles(rooms).slice(0, 2), ["engine", "knock"]);
    assert.equal(rooms.length, 4);
  });

  test("are searched, all or some", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    const room = roomOf(ada, server.rooms.engine);
    for (const text of ["a brown fox", "a red fox", "a brown bear"]) await room.send(text);
    const found = async (query: string, options = {}): Promise<string[]> =>
      (await ada.search(query, options)).messages.map(({ text, sender }) => `${sender.displayName}: ${text}`);
    assert.deepEqual(await found("fox"), ["Ada: a red fox", "Ada: a brown fox"]);
    assert.deepEqual(await found("brown", { roomIds: [server.rooms.secret.id] }), []);
    const page = await ada.search("a", { pageSize: 2 });
    assert.equal(page.messages.length, 2);
    const next = await ada.search("a", { pageSize: 2, pageToken: page.nextPageToken });
    assert.deepEqual([next.messages.length, next.nextPageToken], [1, ""]);
    await assert.rejects(ada.search("x".repeat(300)), { name: "InvalidArgumentError" });
  });
});
