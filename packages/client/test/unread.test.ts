import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Room } from "@confab/client";
import { connectAs, disconnect, roomOf } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { createTestServer } from "./support/test-server.ts";
import { untilValue } from "./support/wait.ts";

const seed = {
  users: { ada: {}, grace: {}, eve: {} },
  rooms: { engine: { owner: "ada", members: { grace: "member" } } },
} as const;

/** Waits until a room has these unread counts. */
async function untilUnread(room: Room, unread: number, mentions = 0): Promise<void> {
  await untilValue(
    room.info,
    ({ unreadCount, mentionCount }) => unreadCount === unread && mentionCount === mentions,
    `${unread} unread, ${mentions} mentions`,
  );
}

describe("what is unread", () => {
  test("counts others' messages after the read position, mentions apart; deleted ones don't count", async () => {
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

  test("leaves out whom the user blocks or mutes, and counts them again", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    await using phone = await connectAs(server, "grace");
    const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    const folded = () => here.timeline.get().items.map(({ text, isFromBlocked }) => [text, isFromBlocked]);
    await there.send("1", { mentionUserIds: [server.users.grace.id] });
    await here.send("2");
    await untilUnread(here, 1, 1);
    await grace.relationships.block("ada");
    assert.deepEqual(
      [...grace.relationships.get()],
      [[server.users.ada.id, { isBlocked: true, isMuted: false }]],
    );
    await untilUnread(here, 0);
    await there.send("3");
    await untilValue(here.timeline, ({ items }) => items.at(-1)?.text === "3");
    assert.equal(here.info.get().unreadCount, 0);
    assert.deepEqual(folded(), [
      ["1", true],
      ["2", false],
      ["3", true],
    ]);
    await grace.relationships.mute("ada");
    await grace.relationships.unblock("ada");
    await untilValue(here.timeline, ({ items }) => items.every(({ isFromBlocked }) => !isFromBlocked));
    await here.markRead(1);
    await there.send("4");
    await untilValue(here.timeline, ({ items }) => items.at(-1)?.text === "4");
    assert.equal(here.info.get().unreadCount, 0);

    // A change by another device shows after the next reconnect.
    await phone.relationships.unmute(server.users.ada.id);
    await disconnect(grace, proxy);
    proxy.unblock();
    await untilUnread(here, 2);
    assert.equal(grace.relationships.get().size, 0);
  });

  test("begins where the user joined, which their own changes of membership leave as it is", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using eve = await connectAs(server, "eve");
    const there = roomOf(ada, server.rooms.engine);
    for (const text of ["1", "2"]) await there.send(text);
    await there.invite([server.users.eve.id]);
    const here = await eve.rooms.join(server.rooms.engine.id);
    assert.deepEqual([here.info.get().joinedSeq, here.info.get().unreadCount], [2, 0]);
    await there.send("3");
    await untilUnread(here, 1);
    await there.updateMember(server.users.eve.id, { role: "moderator" });
    const { joinedSeq } = await untilValue(here.info, ({ self }) => self?.role === "moderator");
    assert.equal(joinedSeq, 2);
    assert.equal(there.info.get().joinedSeq, 0);
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
    await disconnect(desk, proxy);
    await there.send("5");
    await there.delete(3);
    const marking = onDesk.markRead(4);
    await untilUnread(onDesk, 0);
    proxy.unblock();
    await marking;
    await untilUnread(onDesk, 1);
    await untilUnread(onPhone, 1);
    await using later = await connectAs(server, "grace");
    await untilUnread(roomOf(later, server.rooms.engine), 1);
  });

  test("follows mentions that are edited, also in messages that are not loaded", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    const there = roomOf(ada, server.rooms.engine);
    for (const text of ["1", "2", "3"]) await there.send(text);
    await using grace = await connectAs(server, "grace");
    const here = roomOf(grace, server.rooms.engine);
    await untilUnread(here, 3);
    const mentionUserIds = [server.users.grace.id];
    await there.edit(3, "3, grace", { mentionUserIds });
    await untilUnread(here, 3, 1);
    await there.edit(1, "1, grace", { mentionUserIds });
    await untilUnread(here, 3, 2);
    const { text } = await there.edit(3, "3 again");
    assert.equal(text, "3 again");
    await there.edit(1, "1", { mentionUserIds: [] });
    await untilUnread(here, 3, 1);
    await there.edit(3, "3", { mentionUserIds: [] });
    await untilUnread(here, 3, 0);
    await here.markRead(2);
    await there.edit(2, "2, all", { mentionUserIds: ["all"] });
    await there.send("4");
    await untilUnread(here, 2, 0);
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

  test("resolves every waiting call, with many positions in few calls", async () => {
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
