import assert from "node:assert/strict";
import { test } from "node:test";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { refusalOf, TestClient } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { join, roomOf } from "../support/rooms.ts";

const { addMembers, deleteRoom } = v1.RoomService.method;

const seed = {
  users: { ada: {}, invited: {}, knocking: {}, declined: {} },
  rooms: { engine: { owner: "ada", isPublic: true, joinRule: "knock" } },
} as const;

test("those who are invited or knock see that a room is deleted; those whose invitation has ended do not", async () => {
  await using server = await createTestServer({ seed });
  using client = new TestClient(server.address);
  const as = (name: keyof typeof seed.users) => ({ token: server.users[name].accessToken });
  const room = server.rooms.engine;
  const userIds = [server.users.invited.id, server.users.declined.id];
  await client.unary(addMembers, { roomId: room.id, userIds }, as("ada"));
  await join(client, room, as("knocking"));
  const leave = { roomId: room.id, userId: "me" };
  await client.unary(v1.RoomService.method.removeMember, leave, as("declined"));
  using declined = await LiveReader.open(client, as("declined"));
  using invited = await LiveReader.open(client, as("invited"));
  using knocking = await LiveReader.open(client, as("knocking"));
  for (const reader of [invited, knocking]) assert.ok(reader.replicas.rooms.has(room.id));

  await client.unary(deleteRoom, { roomId: room.id }, as("ada"));
  for (const reader of [invited, knocking]) {
    await reader.until(() => !reader.replicas.rooms.has(room.id));
    const gaps = reader.replicas.gaps.map(({ roomId, reason }) => [roomId, reason]);
    assert.deepEqual(gaps, [[room.id, v1.GapReason.ACCESS_CHANGED]]);
  }
  for (const name of ["invited", "knocking"] as const) {
    assert.equal((await refusalOf(roomOf(client, room, as(name)))).reason, "ROOM_DELETED");
  }
  assert.deepEqual(declined.replicas.gaps, []);
});
