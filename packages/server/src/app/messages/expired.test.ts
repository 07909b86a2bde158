import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomId } from "../../domain/ids.ts";
import type { RoomFields } from "../../domain/rooms/fields.ts";
import type { User } from "../../domain/users/user.ts";
import { openTestApp, reasonOf, type TestApp } from "../testing.ts";

const PLAIN: RoomFields = {
  ...{ title: "Room", topic: "", isPublic: true, joinRule: null, historyVisibility: "full" },
  ...{ slowModeMs: 0, retentionMs: 0, maxMembers: 0, memberPermissions: [], requiredLikes: 0, labels: {} },
};

interface Sent {
  readonly text?: string;
  readonly mentionUserIds?: readonly string[];
  readonly ttlMs?: number;
}

async function openRoom(app: TestApp, fields: { readonly slowModeMs?: number } = {}) {
  const { rooms, members, messages } = app.useCases;
  const [ada, bob] = [await app.register("ada"), await app.register("bob")];
  const request = { kind: "group", fields: { ...PLAIN, ...fields }, userIds: [], requestId: "" } as const;
  const { room } = await rooms.createRoom(app.askOf(ada), request);
  const joining = { roomId: room.id, userIds: [bob.id], role: null, expiresAtMs: null };
  await members.addMembers(app.askOf(bob), joining);
  const send = (from: User, { text = "text", mentionUserIds = [], ttlMs = 0 }: Sent = {}) =>
    messages.sendMessage(app.askOf(from), {
      ...{ roomId: room.id, clientMessageId: "", text, mentionUserIds, ttlMs },
      ...{ replyToSeq: 0, threadRootSeq: 0, payload: null },
    });
  return { ada, bob, roomId: room.id, send };
}

async function countsOf(app: TestApp, user: User, roomId: RoomId): Promise<readonly unknown[]> {
  const { self } = await app.useCases.rooms.getRoom(app.askOf(user), roomId);
  const [listed] = await app.useCases.rooms.listRooms(app.askOf(user), { afterId: "", limit: 10 });
  assert.deepEqual(listed?.self, self);
  return [self?.unreadCount, self?.mentionCount];
}

test("a message leaves the counts the moment its time is over, before anything has erased it", async () => {
  await using app = await openTestApp();
  const { ada, bob, roomId, send } = await openRoom(app);
  await send(ada, { mentionUserIds: [bob.id], ttlMs: 5_000 });
  await send(ada, { ttlMs: 5_001 });
  await send(bob, { ttlMs: 5_000 });
  await send(ada, { mentionUserIds: [bob.id] });
  app.pass(4_999);
  assert.deepEqual(await countsOf(app, bob, roomId), [3, 2]);
  assert.deepEqual(await countsOf(app, ada, roomId), [1, 0]);
  app.pass(1);
  assert.deepEqual(await countsOf(app, bob, roomId), [2, 1]);
  assert.deepEqual(await countsOf(app, ada, roomId), [0, 0]);
  app.pass(1);
  assert.deepEqual(await countsOf(app, bob, roomId), [1, 1]);
  // Erasing it makes no difference any more.
  await app.store.expireMessages({ nowMs: app.now(), limit: 10 });
  assert.deepEqual(await countsOf(app, bob, roomId), [1, 1]);
  assert.deepEqual(await countsOf(app, ada, roomId), [0, 0]);
});

test("of who is blocked, a message that is over is left out once", async () => {
  await using app = await openTestApp();
  const { ada, bob, roomId, send } = await openRoom(app);
  const eve = await app.register("eve");
  const joining = { roomId, userIds: [eve.id], role: null, expiresAtMs: null };
  await app.useCases.members.addMembers(app.askOf(eve), joining);
  await send(ada, { ttlMs: 5_000 });
  await send(eve);
  const silence = { userId: ada.id, blocked: false, muted: true };
  await app.useCases.users.updateRelationship(app.askOf(bob), silence);
  assert.deepEqual(await countsOf(app, bob, roomId), [1, 0]);
  app.pass(5_000);
  assert.deepEqual(await countsOf(app, bob, roomId), [1, 0]);
});

test("a pinned message leaves the list of pins with its time", async () => {
  await using app = await openTestApp();
  const { ada, roomId, send } = await openRoom(app);
  const { message } = await send(ada, { ttlMs: 5_000 });
  const pin = { roomId, seq: message.seq, pinned: true, expectedRevision: 0 };
  await app.useCases.messages.updateMessage(app.askOf(ada), pin);
  const pinned = async () => {
    const page = { roomId, positions: [], threadRootSeq: 0, pinnedOnly: true, limit: 10 };
    return (await app.useCases.messages.listMessages(app.askOf(ada), page)).messages.length;
  };
  app.pass(4_999);
  assert.equal(await pinned(), 1);
  app.pass(1);
  assert.equal(await pinned(), 0);
});

test("listeners of the simple contract are not sent a message that is over", async () => {
  await using app = await openTestApp();
  const { ada, roomId, send } = await openRoom(app);
  await send(ada, { ttlMs: 5_000, text: "over soon" });
  await send(ada, { text: "stays" });
  const latest = async () =>
    (await app.store.listLatestMessages({ roomId, limit: 10, nowMs: app.now() })).map(({ seq }) => seq);
  const after = async () => {
    const query = { roomId, afterSeq: 0, limit: 10, nowMs: app.now() };
    const { messages } = await app.store.listMessagesAfter(query);
    return messages.map(({ deleted, content }) => [deleted, content.text]);
  };
  app.pass(4_999);
  assert.deepEqual(await latest(), [1, 2]);
  assert.deepEqual(await after(), [
    [false, "over soon"],
    [false, "stays"],
  ]);
  app.pass(1);
  assert.deepEqual(await latest(), [2]);
  assert.deepEqual(await after(), [
    [true, ""],
    [false, "stays"],
  ]);
});

test("after the clock was set back nobody waits for the time that it was wrong by", async () => {
  await using app = await openTestApp();
  const { bob, send } = await openRoom(app, { slowModeMs: 10_000 });
  await send(bob);
  assert.equal(await reasonOf(() => send(bob)), "SLOW_MODE");
  app.pass(-3_600_000);
  await send(bob);
  app.pass(3_600_000);
  assert.equal(await reasonOf(() => send(bob)), "SLOW_MODE");
  app.pass(10_000);
  await send(bob);
});
