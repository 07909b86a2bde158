import assert from "node:assert/strict";
import { test } from "node:test";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { type CallOptions, refusalOf, TestClient } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { signInAsGuest } from "../support/people.ts";
import { join, membersOf, roomOf } from "../support/rooms.ts";

const { updateMember, addMembers } = v1.RoomService.method;
const { sendMessage, updateReadCursor } = v1.ChatService.method;

const seed = {
  users: {
    ada: {},
    bob: {},
    eve: {},
    invited: {},
    moderator: { role: "moderator" },
    admin: { role: "admin" },
  },
  rooms: { engine: { owner: "ada", members: { bob: "member" }, isPublic: true, joinRule: "open" } },
} as const;

test("a member's private fields are for members and managers; others see who is there, and their role", async () => {
  await using server = await createTestServer({ seed });
  using client = new TestClient(server.address);
  const room = server.rooms.engine;
  const as = (name: keyof typeof seed.users) => ({ token: server.users[name].accessToken });
  const bob = server.users.bob.id;
  await client.unary(sendMessage, { roomId: room.id, text: "one" }, as("ada"));
  await client.unary(updateReadCursor, { roomId: room.id, readSeq: 1n }, as("bob"));
  const later = timestampFromMs(server.clock.now() + 3_600_000);
  const exceptions = { allow: [v1.Permission.PIN], deny: [v1.Permission.REACT] };
  const member = { roomId: room.id, userId: bob, mutedUntilTime: later, expireTime: later, ...exceptions };
  const paths = ["muted_until_time", "expire_time", "allow", "deny"];
  await client.unary(updateMember, { member, updateMask: { paths } }, as("ada"));
  await client.unary(addMembers, { roomId: room.id, userIds: [server.users.invited.id] }, as("ada"));

  const bobAsSeenBy = async (viewer: CallOptions): Promise<v1.Member> => {
    const seen = (await membersOf(client, room, viewer)).get(bob);
    assert.ok(seen);
    assert.deepEqual([seen.roomId, seen.role, seen.state], [room.id, v1.Role.MEMBER, v1.MemberState.JOINED]);
    return seen;
  };
  const guest = await signInAsGuest(client, "a guest");
  for (const outside of [as("eve"), as("invited"), guest]) {
    const { readSeq, mutedUntilTime, expireTime, allow, deny } = await bobAsSeenBy(outside);
    assert.deepEqual([readSeq, mutedUntilTime, expireTime, allow, deny], [0n, undefined, undefined, [], []]);
  }
  await join(client, room, guest);
  for (const inside of [as("ada"), as("bob"), guest, as("moderator"), as("admin")]) {
    const { readSeq, mutedUntilTime, expireTime, allow, deny } = await bobAsSeenBy(inside);
    assert.deepEqual(
      [readSeq, mutedUntilTime, expireTime, allow, deny],
      [1n, later, later, [v1.Permission.PIN], [v1.Permission.REACT]],
    );
  }
  const banned = { roomId: room.id, userId: server.users.eve.id, state: v1.MemberState.BANNED };
  await client.unary(updateMember, { member: banned, updateMask: { paths: ["state"] } }, as("ada"));
  assert.equal((await refusalOf(membersOf(client, room, as("eve")))).reason, "BANNED");
});

test("joined_seq is in the caller's own membership only, in answers and snapshots", async () => {
  await using server = await createTestServer({ seed });
  using client = new TestClient(server.address);
  const room = server.rooms.engine;
  const as = (name: keyof typeof seed.users) => ({ token: server.users[name].accessToken });
  for (const text of ["one", "two"]) await client.unary(sendMessage, { roomId: room.id, text }, as("ada"));
  using watching = await LiveReader.open(client, as("ada"));
  using joining = await LiveReader.open(client, as("eve"));
  assert.equal((await roomOf(client, room, as("eve"))).self?.joinedSeq, undefined);
  await join(client, room, as("eve"));

  assert.equal((await roomOf(client, room, as("eve"))).self?.joinedSeq, 2n);
  assert.equal((await roomOf(client, room, as("bob"))).self?.joinedSeq, 0n);
  await joining.until(() => joining.replicas.rooms.has(room.id), "the snapshot");
  assert.equal(joining.replicas.get(room.id).room.self?.joinedSeq, 2n);
  const read = { roomId: room.id, readSeq: 2n };
  assert.equal((await client.unary(updateReadCursor, read, as("eve"))).self?.joinedSeq, 2n);

  const eve = server.users.eve.id;
  await watching.until(() => watching.replicas.get(room.id).members.has(eve), "the event");
  assert.equal(watching.replicas.get(room.id).members.get(eve)?.joinedSeq, 0n);
  assert.equal((await membersOf(client, room, as("ada"))).get(eve)?.joinedSeq, 0n);
});
