import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import type { CallOptions } from "../support/client.ts";
import { operatorClient, register } from "../support/people.ts";
import { assertRefused, join, makeRoom, RoomActs } from "../support/rooms.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { checkAccess, deleteRoom } = v1.RoomService.method;
const { POST, READ, DELETE_ANY, INVITE } = v1.Permission;
const { INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED } = status;

describe("CheckAccess", async () => {
  const { server, client } = await forSuite(startServerProcess({ runtime: "node" }));
  const acts = new RoomActs(client);
  const owner = await register(client, "owner");
  const bob = await register(client, "bob");
  const eve = await register(client, "eve");

  const check = (by: CallOptions, { id: roomId }: v1.Room, userId: string, permission: v1.Permission) =>
    client.unary(checkAccess, { roomId, userId, permission }, by);

  test("it says which rule decides, and every rule that was asked before it", async () => {
    const room = await makeRoom(client, owner, { public: true });
    await join(client, room, bob);
    const own = await check(bob, room, "me", POST);
    assert.deepEqual([own.allowed, own.decidedBy], [true, "role-default"]);
    assert.equal(own.trace[0], "account-active: passes");
    assert.match(own.trace.at(-1) ?? "", /^role-default: allows, /);
    const denied = await check(bob, room, bob.id, DELETE_ANY);
    assert.deepEqual([denied.allowed, denied.decidedBy], [false, "nothing-grants"]);
    await acts.change(owner, room, bob, { deny: [INVITE] }, "deny");
    assert.equal((await check(owner, room, bob.id, INVITE)).decidedBy, "member-deny");
    assert.equal((await check(owner, room, eve.id, READ)).decidedBy, "membership");
    assert.equal((await check(eve, room, "me", READ)).decidedBy, "membership");
    await acts.change(owner, room, bob, { state: v1.MemberState.BANNED }, "state");
    assert.equal((await check(bob, room, "me", READ)).decidedBy, "banned");
  });

  test("it knows of the room's pace", async () => {
    const room = await makeRoom(client, owner, { public: true, policy: { slowMode: { seconds: 3_600n } } });
    const liked = await makeRoom(client, owner, { public: true, policy: { requiredLikes: 1 } });
    for (const [paced, rule] of [
      [room, "slow-mode"],
      [liked, "required-likes"],
    ] as const) {
      await join(client, paced, bob);
      assert.ok((await check(bob, paced, "me", POST)).allowed);
      await acts.send(bob, paced);
      const { allowed, decidedBy } = await check(owner, paced, bob.id, POST);
      assert.deepEqual([allowed, decidedBy], [false, rule]);
      assert.ok((await check(bob, paced, "me", READ)).allowed);
    }
  });

  test("of others it tells those who manage members, administrators and services", async () => {
    const room = await makeRoom(client, owner, { public: true });
    await join(client, room, bob);
    await assertRefused(check(bob, room, owner.id, POST), PERMISSION_DENIED, "NOT_PERMITTED");
    await assertRefused(check(eve, room, bob.id, POST), PERMISSION_DENIED, "NOT_A_MEMBER");
    await assertRefused(check(owner, room, "nobody", POST), NOT_FOUND, "USER_NOT_FOUND", "user_id");
    await assertRefused(check(owner, room, "", POST), INVALID_ARGUMENT, "FIELD_REQUIRED", "user_id");
    await assertRefused(check(owner, room, "me", 0), INVALID_ARGUMENT, "FIELD_REQUIRED", "permission");
    await assertRefused(
      check(owner, room, "me", 99 as v1.Permission),
      INVALID_ARGUMENT,
      "FIELD_INVALID",
      "permission",
    );
    using operator = operatorClient(server);
    const asked = { roomId: room.id, userId: bob.id, permission: POST };
    assert.ok((await operator.unary(checkAccess, asked)).allowed);
    const key = await operator.unary(v1.AdminService.method.createServiceKey, { name: "back-end" });
    assert.ok((await check({ token: key.key }, room, bob.id, POST)).allowed);

    const hidden = await makeRoom(client, owner);
    await assertRefused(check(eve, hidden, "me", READ), NOT_FOUND, "ROOM_NOT_FOUND");
    assert.equal((await check(owner, hidden, eve.id, READ)).decidedBy, "room-visible");
    await client.unary(deleteRoom, { roomId: hidden.id }, owner);
    await assertRefused(check(owner, hidden, "me", READ), status.FAILED_PRECONDITION, "ROOM_DELETED");
  });
});
