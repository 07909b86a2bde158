import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { status } from "@grpc/grpc-js";
import type { CallOptions } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { send } from "../support/messages.ts";
import { assertRefused, makeRoom, RoomActs, roomOf } from "../support/rooms.ts";
import { forSuite } from "../support/suite.ts";

const { openDirectRoom, listRooms, removeMember, addMembers } = v1.RoomService.method;
const { updateMessage, deleteMessage, setReaction, signalActivity, updateReadCursor } = v1.ChatService.method;
const { updateRelationship } = v1.UserService.method;

const seed = { users: { ada: {}, bob: {}, eve: {} } } as const;
type Name = keyof typeof seed.users;

/** Each of these went wrong in another chat system, by the public reports of its users. */
describe("what others got wrong about direct rooms and blocks", async () => {
  const { server, client } = await forSuite(createTestServer({ seed }));
  const acts = new RoomActs(client);
  const as = (name: Name): CallOptions => ({ token: server.users[name].accessToken });
  const idOf = (name: Name) => server.users[name].id;

  async function open(by: Name, ...others: readonly Name[]): Promise<v1.Room> {
    const { room } = await client.unary(openDirectRoom, { userIds: others.map(idOf) }, as(by));
    assert.ok(room);
    return room;
  }

  const leave = (name: Name, { id: roomId }: { id: string }) =>
    client.unary(removeMember, { roomId, userId: "me" }, as(name));
  const block = (blocker: Name, blocked: Name, isBlocked = true) =>
    client.unary(
      updateRelationship,
      { relationship: { userId: idOf(blocked), blocked: isBlocked } },
      as(blocker),
    );

  async function listed(name: Name): Promise<readonly (string | bigint | undefined)[][]> {
    const { rooms } = await client.unary(listRooms, {}, as(name));
    return rooms.map(({ id, self }) => [id, self?.unreadCount]);
  }

  test("nothing but a message reopens a room that was closed", async () => {
    const room = await open("ada", "bob");
    const place = { roomId: room.id, seq: 1n };
    for (let count = 0; count < 2; count++) await send(client, { room, from: as("ada") }, "hello");
    await leave("bob", room);
    using bob = await LiveReader.open(client, as("bob"));
    const message = { ...place, text: "hello again", pinned: true };
    const updateMask = { paths: ["text", "pinned"] };
    await client.unary(updateMessage, { message, updateMask }, as("ada"));
    await client.unary(setReaction, { ...place, emoji: "👍" }, as("ada"));
    await client.unary(signalActivity, { roomId: room.id, activity: v1.Activity.TYPING }, as("ada"));
    await client.unary(updateReadCursor, { roomId: room.id, readSeq: 2n }, as("ada"));
    await client.unary(deleteMessage, place, as("ada"));
    await open("ada", "bob");
    assert.deepEqual([await listed("bob"), bob.replicas.rooms.size], [[], 0]);
    const [, last] = [await send(client, { room, from: as("ada") }, "and now"), await listed("bob")];
    assert.deepEqual(last, [[room.id, 1n]]);
    await leave("bob", room);
  });

  test("a message that is taken back before it was read is unread no more", async () => {
    const room = await open("ada", "bob");
    const { seq } = await send(client, { room, from: as("ada") }, "a slip");
    assert.deepEqual(await listed("bob"), [[room.id, 1n]]);
    await client.unary(deleteMessage, { roomId: room.id, seq }, as("ada"));
    assert.deepEqual(await listed("bob"), [[room.id, 0n]]);
  });

  test("a closed room of three is opened again by whoever closed it", async () => {
    const room = await open("ada", "bob", "eve");
    await acts.send(as("ada"), room);
    await leave("eve", room);
    assert.deepEqual(
      [(await open("eve", "ada", "bob")).id, (await open("bob", "eve", "ada")).id],
      [room.id, room.id],
    );
    assert.equal((await roomOf(client, room, as("eve"))).memberCount, 3);
  });

  test("who has declined an invitation and blocked its sender is not invited again, and nothing is left to clear", async () => {
    const room = await makeRoom(client, as("ada"));
    const invitation = { roomId: room.id, userIds: [idOf("eve")] };
    const before = await listed("eve");
    await client.unary(addMembers, invitation, as("ada"));
    using eve = await LiveReader.open(client, as("eve"));
    await leave("eve", room);
    await block("eve", "ada");
    await assertRefused(
      client.unary(addMembers, invitation, as("ada")),
      status.PERMISSION_DENIED,
      "NOT_PERMITTED",
      "user_ids",
    );
    await eve.until(() => !eve.replicas.rooms.has(room.id));
    assert.deepEqual(await listed("eve"), before);
    await block("eve", "ada", false);

    // One that is blocked while their invitation waits leaves an invitation that can be seen, and declined.
    await client.unary(addMembers, invitation, as("ada"));
    await block("eve", "ada");
    assert.equal((await listed("eve")).length, before.length + 1);
    await leave("eve", room);
    assert.deepEqual(await listed("eve"), before);
    await block("eve", "ada", false);
  });

  test("whoever blocks the other of a direct room may still write there", async () => {
    const room = await open("ada", "bob");
    await block("ada", "bob");
    await acts.send(as("ada"), room);
    await assertRefused(acts.send(as("bob"), room), status.PERMISSION_DENIED, "DM_NOT_ALLOWED");
    await assertRefused(
      block("ada", "ada"),
      status.INVALID_ARGUMENT,
      "FIELD_INVALID",
      "relationship.user_id",
    );
    await block("ada", "bob", false);
    await acts.send(as("bob"), room);
  });
});
