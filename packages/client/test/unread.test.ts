import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Room } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { connectAs, roomOf } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { untilValue } from "./support/wait.ts";

const seed = {
  users: { ada: {}, grace: {} },
  rooms: { engine: { owner: "ada", members: { grace: "member" } } },
} as const;

/** Waits until a room counts so much as unread, and so many mentions. */
async function untilUnread(room: Room, unread: number, mentions = 0): Promise<void> {
  await untilValue(
    room.info,
    ({ unreadCount, mentionCount }) => unreadCount === unread && mentionCount === mentions,
    `${unread} unread, ${mentions} mentions`,
  );
}

describe("what is unread", () => {
  test("is what others say after one's read position, mentions apart; deleted ones don't count", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    await there.send("1");
    await here.send("2");
    await there.send("3", { mentionUserIds: [server.users.grace.id] });
    await there.send("4", { mentionUserIds: ["all"] });
    await there.send("5");
    await untilUnread(here, 4, 2);
    await there.delete(4);
    await untilUnread(here, 3, 1);
    await here.markRead(3);
    await untilUnread(here, 1);
    assert.equal(here.info.get().readSeq, 3);
    await here.markRead(1);
    assert.equal(here.info.get().readSeq, 3);
    await here.markRead();
    await untilUnread(here, 0);
    assert.equal(here.info.get().readSeq, 5);
    await there.send("6");
    await untilUnread(here, 1);
  });

  test("is the same on all devices, and after coming back", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using phone = await connectAs(server, "grace");
    await using desk = await connectAs(server, "grace", { address: proxy.address });
    const there = roomOf(ada, server.rooms.engine);
    const [onPhone, onDesk] = [roomOf(phone, server.rooms.engine), roomOf(desk, server.rooms.engine)];
    for (const text of ["1", "2", "3", "4"]) await there.send(text);
    await untilUnread(onDesk, 4);
    await untilUnread(onPhone, 4);
    await onPhone.markRead(2);
    await untilUnread(onDesk, 2);
    proxy.target = "";
    proxy.cut();
    await untilValue(desk.connection, ({ status }) => status === "reconnecting");
    await there.send("5");
    await there.delete(3);
    const marking = onDesk.markRead(4);
    await untilUnread(onDesk, 0);
    proxy.target = server.address;
    await marking;
    await untilUnread(onDesk, 1);
    await untilUnread(onPhone, 1);
    await using later = await connectAs(server, "grace");
    await untilUnread(roomOf(later, server.rooms.engine), 1);
  });

  test("is asked for where it can't be counted from what is known", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    const there = roomOf(ada, server.rooms.engine);
    for (let count = 1; count <= 20; count++) await there.send(`${count}`);
    await using grace = await connectAs(server, "grace");
    const here = roomOf(grace, server.rooms.engine);
    await untilUnread(here, 20);
    await there.delete(5);
    await untilUnread(here, 19);
    await here.markRead(10);
    await untilUnread(here, 10);
  });

  test("is told to whoever waits for it, many positions in few calls", async () => {
    await using server = await createTestServer({ seed, faults: { delayStore: { ms: 20 } } });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    for (let count = 1; count <= 5; count++) await there.send(`${count}`);
    await untilUnread(here, 5);
    await Promise.all([1, 2, 3, 4, 5].map((seq) => here.markRead(seq)));
    await using later = await connectAs(server, "grace");
    assert.equal(roomOf(later, server.rooms.engine).info.get().readSeq, 5);
  });
});
