import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Chat, Room, User } from "@confab/client";
import {
  ChatProvider,
  useInvitations,
  useMarkRead,
  useMessages,
  useOnline,
  useRoom,
  useRoomInfo,
  useRooms,
  useTyping,
  useUnread,
  useUnreadTotal,
} from "@confab/client/react";
import { createTestServer } from "@confab/server/testing";
import type { ReactNode } from "react";
import { connectAs, roomOf, untilStatus } from "../support/chats.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { until, untilValue } from "../support/wait.ts";
import { cleanup, pageText, render } from "./dom.ts";
import { inChat, rendering } from "./rendering.tsx";

const seed = {
  users: { ada: {}, grace: {}, kay: {} },
  rooms: {
    engine: { owner: "ada", members: { grace: "member" }, messages: [{ from: "ada", text: "engine 1" }] },
    loom: { owner: "ada", members: { grace: "member", kay: "member" } },
  },
} as const;
const handles = (users: readonly User[]): string => users.map(({ handle }) => handle).join();

/** Uses all hooks of a room's page. */
function useAll(room: Room | null) {
  const { items } = useMessages(room);
  return {
    room,
    items,
    info: useRoomInfo(room),
    typing: useTyping(room),
    online: useOnline(room),
    unread: useUnread(room),
  };
}

describe("useRooms", () => {
  test("lists rooms with their titles and what is unread, the newest activity first", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    using rendered = inChat(grace, () => ({ rooms: useRooms(), total: useUnreadTotal() }), null);
    const shown = (): string =>
      rendered.now.rooms
        .map(({ title, unreadCount, lastMessage }) => `${title} ${unreadCount} ${lastMessage?.text ?? "-"}`)
        .join(", ");
    await server.clock.advance(1_000);
    await roomOf(ada, server.rooms.engine).send("engine 2");
    await until(() => shown() === "engine 2 engine 2, loom 0 -");
    await server.clock.advance(1_000);
    await roomOf(ada, server.rooms.loom).send("@grace", { mentionUserIds: [grace.me.id] });
    await until(() => shown() === "loom 1 @grace, engine 2 engine 2");
    assert.deepEqual(rendered.now.total, { unreadCount: 3, mentionCount: 1 });
    await roomOf(ada, server.rooms.engine).update({ title: "engines" });
    await until(() => shown() === "loom 1 @grace, engines 2 engine 2");
    await roomOf(grace, server.rooms.engine).leave();
    await until(() => shown() === "loom 1 @grace");
    assert.deepEqual(rendered.now.total, { unreadCount: 1, mentionCount: 1 });
  });
});

describe("useRoom and useInvitations", () => {
  test("follow the user into a room, through a lost connection, and out of it", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using kay = await connectAs(server, "kay", { address: proxy.address });
    const { id } = server.rooms.engine;
    const hook = (roomId: string | null) => ({ room: useRoom(roomId), invitations: useInvitations() });
    using rendered = inChat<ReturnType<typeof hook>, string | null>(kay, hook, id);
    assert.deepEqual(rendered.now, { room: undefined, invitations: [] });
    await roomOf(ada, server.rooms.engine).invite(["kay"]);
    await until(() => rendered.now.invitations[0]?.title === "engine");
    assert.equal(rendered.now.room, undefined);
    const joined = await kay.rooms.join(id);
    await until(() => rendered.now.room === joined && rendered.now.invitations.length === 0);
    proxy.cut();
    await untilStatus(kay, "reconnecting");
    await untilStatus(kay, "online");
    assert.equal(rendered.now.room, joined);
    rendered.rerender(null);
    assert.equal(rendered.now.room, undefined);
    rendered.rerender(id);
    assert.equal(rendered.now.room, joined);
    await roomOf(ada, server.rooms.engine).remove(kay.me.id);
    await until(() => rendered.now.room === undefined);
  });
});

describe("useUnread and useMarkRead", () => {
  test("count what others say, and nothing while it is seen", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    await using elsewhere = await connectAs(server, "grace");
    const there = roomOf(ada, server.rooms.engine);
    const room = roomOf(grace, server.rooms.engine);
    const hook = (isSeen: boolean) => {
      useMarkRead(room, isSeen);
      return useUnread(room);
    };
    using rendered = inChat<ReturnType<typeof hook>, boolean>(grace, hook, false);
    assert.deepEqual(rendered.now, { unreadCount: 1, mentionCount: 0 });
    await there.send("to all", { mentionUserIds: ["all"] });
    await until(() => rendered.now.unreadCount === 2);
    assert.equal(rendered.now.mentionCount, 1);
    rendered.rerender(true);
    await until(() => rendered.now.unreadCount === 0 && rendered.now.mentionCount === 0);
    await untilValue(roomOf(elsewhere, server.rooms.engine).info, ({ unreadCount }) => unreadCount === 0);
    await there.send("seen at once");
    await untilValue(roomOf(elsewhere, server.rooms.engine).info, ({ readSeq }) => readSeq === 3);
    await until(() => rendered.now.unreadCount === 0);
  });

  test("do not re-render for the user's own message", async () => {
    await using server = await createTestServer({ seed });
    await using grace = await connectAs(server, "grace");
    const room = roomOf(grace, server.rooms.engine);
    using rendered = inChat(grace, () => [useUnread(room), useUnreadTotal()], null);
    const before = rendered.all.length;
    await room.send("mine");
    await untilValue(room.info, ({ lastMessage }) => lastMessage?.text === "mine");
    await rendering();
    assert.equal(rendered.all.length, before);
  });
});

describe("useTyping and useOnline", () => {
  test("show who comes, types, sends and goes", async () => {
    await using server = await createTestServer({ seed });
    const ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const room = roomOf(grace, server.rooms.engine);
    const hook = () => ({ typing: handles(useTyping(room)), online: handles(useOnline(room)) });
    using rendered = inChat(grace, hook, null);
    await until(() => rendered.now.online.split(",").sort().join() === "ada,grace");
    assert.equal(rendered.now.typing, "");
    roomOf(ada, server.rooms.engine).setTyping();
    await until(() => rendered.now.typing === "ada");
    await roomOf(ada, server.rooms.engine).send("done");
    await until(() => rendered.now.typing === "");
    await ada.close();
    await until(() => {
      void server.clock.advance(5_000);
      return rendered.now.online === "grace";
    });
  });
});

describe("the hooks of a room", () => {
  test("render nothing again while what they show stays as it is", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using kay = await connectAs(server, "kay");
    await using grace = await connectAs(server, "grace");
    const [room, other] = [roomOf(grace, server.rooms.engine), roomOf(grace, server.rooms.loom)];
    const hook = () => ({ messages: useMessages(room), typing: useTyping(room), unread: useUnread(room) });
    using rendered = inChat(grace, hook, null);
    await until(() => rendered.now.messages.items[0]?.sender.isKnown === true);
    const before = rendered.all.length;
    // A name that was loaded just now concerns all rooms.
    await roomOf(kay, server.rooms.loom).send("elsewhere");
    await untilValue(other.timeline, ({ items }) => items[0]?.sender.handle === "kay");
    await roomOf(ada, server.rooms.engine).update({ topic: "steam" });
    await untilValue(room.info, ({ topic }) => topic === "steam");
    await rendering();
    assert.equal(rendered.all.length, before);
  });

  test("show nothing of the room before", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const rooms = [roomOf(grace, server.rooms.engine), roomOf(grace, server.rooms.loom)];
    const [engine = null, loom = null] = rooms;
    await roomOf(ada, server.rooms.loom).send("loom 1");
    await untilValue(roomOf(grace, server.rooms.loom).timeline, ({ items }) => items.length === 1);
    using rendered = inChat<ReturnType<typeof useAll>, Room | null>(grace, useAll, engine);
    roomOf(ada, server.rooms.engine).setTyping();
    await until(() => handles(rendered.now.typing) === "ada");
    for (const room of [loom, null, engine, loom]) {
      rendered.rerender(room);
      assert.equal(rendered.now.room, room);
      assert.equal(handles(rendered.now.typing), room === engine ? "ada" : "");
    }
    await roomOf(ada, server.rooms.engine).send("engine 2");
    await untilValue(roomOf(grace, server.rooms.engine).timeline, ({ items }) => items.length === 2);
    for (const { room, items, info, unread, typing } of rendered.all) {
      assert.deepEqual(new Set(items.map(({ roomId }) => roomId)), new Set(room ? [room.id] : []));
      assert.equal(info?.id, room?.id);
      assert.equal(unread.unreadCount, room ? 1 : 0);
      if (room !== engine) assert.deepEqual(typing, []);
    }
  });

  test("follow another chat that takes the place of the first", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using kay = await connectAs(server, "kay");
    const Titles = (): ReactNode => useRooms().map(({ id, title }) => <b key={id}>{title} </b>);
    const show = (chat: Chat): ReactNode => (
      <ChatProvider chat={chat}>
        <Titles />
      </ChatProvider>
    );
    const page = render(show(ada));
    try {
      assert.deepEqual(pageText().trim().split(" ").sort(), ["engine", "loom"]);
      page.rerender(show(kay));
      assert.equal(pageText(), "loom ");
      await ada.rooms.create({ title: "hers" });
      await kay.rooms.create({ title: "mine" });
      await until(() => pageText().includes("mine"));
      assert.deepEqual(pageText().trim().split(" ").sort(), ["loom", "mine"]);
    } finally {
      cleanup();
    }
  });
});
