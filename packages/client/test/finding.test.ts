import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Message } from "@confab/client";
import { connectAs, numbers, roomOf, textsOf } from "./support/chats.ts";
import { createTestServer } from "./support/test-server.ts";
import { untilValue } from "./support/wait.ts";

const seed = {
  users: { ada: {}, grace: {} },
  rooms: {
    engine: {
      owner: "ada",
      members: { grace: "member" },
      messages: numbers(250).map((text) => ({ from: "ada" as const, text })),
    },
  },
} as const;

const texts = (messages: readonly Message[]): string[] => messages.map(({ text }) => text);

describe("messages are found", () => {
  test("by thread, by pin and around one of them, page by page", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectAs(server, "ada");
    const room = roomOf(chat, server.rooms.engine);
    for (const text of ["a", "b", "c"]) await room.send(text, { threadRootSeq: 7 });
    await room.pin(9);
    const shown = textsOf(room);

    const newest = await room.list({ threadRootSeq: 7, pageSize: 2 });
    assert.deepEqual([texts(newest.messages), newest.hasMore], [["b", "c"], true]);
    const [{ seq = 0 } = {}] = newest.messages;
    const older = await room.list({ threadRootSeq: 7, beforeSeq: seq });
    assert.deepEqual([texts(older.messages), older.hasMore], [["a"], false]);
    const first = await room.list({ threadRootSeq: 7, afterSeq: 0, pageSize: 1 });
    assert.deepEqual([texts(first.messages), first.hasMore], [["a"], true]);
    const pinned = await room.list({ isPinned: true });
    assert.deepEqual(
      pinned.messages.map(({ text, isPinned, sender }) => [text, isPinned, sender.handle]),
      [["9", true, "ada"]],
    );
    const around = await room.list({ aroundSeq: 100, pageSize: 4 });
    assert.ok(texts(around.messages).includes("100") && around.hasMore);
    assert.deepEqual(
      texts(around.messages),
      texts(around.messages).toSorted((a, b) => Number(a) - Number(b)),
    );
    assert.deepEqual(textsOf(room), shown, "the timeline stays as it is");
    await assert.rejects(room.list({ beforeSeq: 1, afterSeq: 1 }), { name: "InvalidArgumentError" });
  });

  test("by going to one: the timeline has everything from there on", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectAs(server, "grace");
    const room = roomOf(chat, server.rooms.engine);
    const message = await room.goTo(20);
    assert.deepEqual([message.seq, message.text], [20, "20"]);
    const seqs = room.timeline.get().items.map(({ seq }) => seq);
    assert.ok(
      seqs.includes(20) && seqs.every((seq, index) => index === 0 || seq === (seqs[index - 1] ?? 0) + 1),
    );
    await assert.rejects(room.goTo(251), { name: "NotFoundError", reason: "MESSAGE_NOT_FOUND" });
  });
});

describe("rooms are found", () => {
  test("by label, and a creation repeated with its id makes one", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connectAs(server, "ada");
    const order = (number: string) => ({ title: `order ${number}`, labels: { order: number } });
    const first = await chat.rooms.create({ ...order("17"), requestId: "order-17" });
    const again = await chat.rooms.create({ ...order("17"), requestId: "order-17" });
    const other = await chat.rooms.create(order("18"));
    assert.equal(again, first);
    assert.deepEqual(chat.rooms.byLabel("order", "17"), [first]);
    assert.deepEqual(new Set(chat.rooms.byLabel("order")), new Set([first, other]));
    assert.deepEqual(chat.rooms.byLabel("invoice"), []);
  });
});

describe("in a room", () => {
  test("others' read positions are known, and follow", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const [here, there] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    const { id } = server.users.grace;
    await there.markRead(10);
    await untilValue(here.readPositions, (positions) => positions.get(id) === 10);
    await there.markRead(12);
    await untilValue(here.readPositions, (positions) => positions.get(id) === 12);
    assert.deepEqual(new Set(here.readPositions.get().keys()), new Set([id, server.users.ada.id]));
  });

  test("anyone may ask if they, and members if others, may do something, and why", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const [here, there] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
    const own = await there.checkAccess("manage-room");
    assert.equal(own.isAllowed, false);
    assert.ok(own.decidedBy !== "" && own.trace.length > 0, JSON.stringify(own));
    await here.updateMember(server.users.grace.id, { deny: ["post"] });
    const { isAllowed, decidedBy } = await here.checkAccess("post", { userId: server.users.grace.id });
    assert.deepEqual([isAllowed, (await here.checkAccess("post")).isAllowed], [false, true]);
    assert.match(decidedBy, /den/);
  });
});
