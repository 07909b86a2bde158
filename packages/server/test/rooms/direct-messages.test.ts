import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { status } from "@grpc/grpc-js";
import { type CallOptions, TestClient } from "../support/client.ts";
import { assertRefused, RoomActs, roomOf } from "../support/rooms.ts";
import { forSuite } from "../support/suite.ts";

const { getUser, updateUser, createUser } = v1.UserService.method;
const { openDirectRoom, removeMember } = v1.RoomService.method;
const { UNSPECIFIED, EVERYONE, SHARED_ROOMS, NOBODY } = v1.DirectMessages;
const { INVALID_ARGUMENT, PERMISSION_DENIED } = status;

const seed = {
  users: { ada: {}, bob: {}, eve: {}, kay: {} },
  rooms: {
    engine: { owner: "kay", members: { ada: "member" } },
    news: { owner: "bob", isPublic: true, members: { eve: "member" } },
  },
} as const;
type Name = keyof typeof seed.users;

describe("who may write to one directly", async () => {
  const { server, client } = await forSuite(createTestServer({ seed }));
  const acts = new RoomActs(client);
  const as = (name: Name): CallOptions => ({ token: server.users[name].accessToken });
  const idOf = (name: Name) => server.users[name].id;

  const choose = (name: Name, directMessages: v1.DirectMessages) =>
    client.unary(
      updateUser,
      { user: { id: "me", directMessages }, updateMask: { paths: ["direct_messages"] } },
      as(name),
    );

  async function open(by: Name, ...others: readonly Name[]): Promise<v1.Room> {
    const { room } = await client.unary(openDirectRoom, { userIds: others.map(idOf) }, as(by));
    assert.ok(room);
    return room;
  }

  const leave = (name: Name, { id: roomId }: { id: string }) =>
    client.unary(removeMember, { roomId, userId: "me" }, as(name));

  test("is chosen by each user, seen by all, and back to the default", async () => {
    assert.equal((await choose("ada", NOBODY)).user?.directMessages, NOBODY);
    const seen = await client.unary(getUser, { key: { case: "userId", value: idOf("ada") } }, as("eve"));
    assert.equal(seen.user?.directMessages, NOBODY);
    assert.equal((await choose("ada", UNSPECIFIED)).user?.directMessages, UNSPECIFIED);
    await assertRefused(
      choose("ada", 99 as v1.DirectMessages),
      INVALID_ARGUMENT,
      "FIELD_INVALID",
      "user.direct_messages",
    );
    const user = { handle: "new", directMessages: SHARED_ROOMS };
    const made = await client.unary(createUser, { user, password: "correct horse battery" });
    assert.equal(made.user?.directMessages, SHARED_ROOMS);
  });

  test("nobody may bring back who wants that, but who is in a room hears the others there", async () => {
    const room = await open("ada", "bob");
    await acts.send(as("ada"), room);
    await choose("bob", NOBODY);
    await acts.send(as("ada"), room);
    await leave("bob", room);
    const { revision } = await roomOf(client, room, as("ada"));
    await assertRefused(acts.send(as("ada"), room), PERMISSION_DENIED, "DM_NOT_ALLOWED");
    await assertRefused(open("ada", "bob"), PERMISSION_DENIED, "DM_NOT_ALLOWED");
    await assertRefused(open("eve", "bob"), PERMISSION_DENIED, "DM_NOT_ALLOWED");
    await assertRefused(open("eve", "bob", "kay"), PERMISSION_DENIED, "DM_NOT_ALLOWED");
    assert.equal((await roomOf(client, room, as("ada"))).revision, revision);

    // Whoever writes first is in the room, for the answer.
    await open("bob", "ada");
    await acts.send(as("ada"), room);
    await choose("bob", EVERYONE);
    await leave("bob", room);
    await acts.send(as("ada"), room);
    assert.equal((await roomOf(client, room, as("bob"))).self?.unreadCount, 1n);
    await leave("bob", room);
  });

  test("people who share a room may, as long as both are in it", async () => {
    await choose("kay", SHARED_ROOMS);
    await assertRefused(open("eve", "kay"), PERMISSION_DENIED, "DM_NOT_ALLOWED");
    const room = await open("ada", "kay");
    await acts.send(as("ada"), room);
    await leave("kay", room);
    await acts.send(as("ada"), room);
    assert.equal((await roomOf(client, room, as("kay"))).self?.unreadCount, 1n);
    await leave("kay", room);
    await leave("ada", { id: server.rooms.engine.id });
    await assertRefused(acts.send(as("ada"), room), PERMISSION_DENIED, "DM_NOT_ALLOWED");
    await assertRefused(open("ada", "kay"), PERMISSION_DENIED, "DM_NOT_ALLOWED");
    const allowed = await client.unary(
      v1.RoomService.method.checkAccess,
      { roomId: room.id, userId: "me", permission: v1.Permission.POST },
      as("ada"),
    );
    assert.deepEqual([allowed.allowed, allowed.decidedBy], [false, "direct-messages"]);
  });

  test("a larger room leaves out who wants it so", async () => {
    await choose("kay", EVERYONE);
    const room = await open("eve", "bob", "kay");
    await acts.send(as("eve"), room);
    await choose("kay", NOBODY);
    await leave("kay", room);
    await leave("bob", room);
    await acts.send(as("eve"), room);
    assert.equal((await roomOf(client, room, as("bob"))).memberCount, 2);
  });
});

test("the server's setting holds for who has chosen nothing", async () => {
  const settings = { directMessages: "shared-rooms" };
  await using server = await createTestServer({ seed, settings });
  using client = new TestClient(server.address);
  const acts = new RoomActs(client);
  const { ada, bob, eve } = server.users;
  const as = ({ accessToken: token }: { accessToken: string }) => ({ token });
  const open = (by: typeof ada, other: typeof ada) =>
    client.unary(openDirectRoom, { userIds: [other.id] }, as(by));
  await assertRefused(open(ada, bob), PERMISSION_DENIED, "DM_NOT_ALLOWED");
  const { room } = await open(eve, bob);
  assert.ok(room);
  await acts.send(as(eve), room);
  const choice = { user: { id: "me", directMessages: EVERYONE }, updateMask: { paths: ["direct_messages"] } };
  await client.unary(updateUser, choice, as(bob));
  assert.ok((await open(ada, bob)).created);
});
