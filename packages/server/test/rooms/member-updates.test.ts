import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { register } from "../support/people.ts";
import { assertRefused, bringIn, makeRoom, membersOf, RoomActs } from "../support/rooms.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { listMembers } = v1.RoomService.method;
const { INVITED, BANNED } = v1.MemberState;
const HOUR_MS = 3_600_000;

describe("members of a room", async () => {
  const { client } = await forSuite(startServerProcess({ runtime: "node" }));
  const acts = new RoomActs(client);
  const owner = await register(client, "owner");
  const bob = await register(client, "bob");
  const eve = await register(client, "eve");

  test("mutes, denials, roles and ends are changed by the mask, and what has passed is refused", async () => {
    const room = await makeRoom(client, owner);
    await bringIn(client, { room, owner }, bob, eve);
    const mutedUntilTime = timestampFromMs(Date.now() + HOUR_MS);
    const deny = [v1.Permission.INVITE];
    const allow = [v1.Permission.PIN];
    const { member } = await acts.change(
      owner,
      room,
      bob,
      { mutedUntilTime, deny, allow, role: v1.Role.OWNER },
      "muted_until_time",
      "deny",
      "allow",
    );
    assert.deepEqual([member?.deny, member?.allow, member?.role], [deny, allow, v1.Role.MEMBER]);
    assert.equal(member?.mutedUntilTime && timestampMs(member.mutedUntilTime), timestampMs(mutedUntilTime));
    await assertRefused(acts.send(bob, room), status.PERMISSION_DENIED, "MUTED");
    await acts.change(owner, room, bob, {}, "muted_until_time");
    await acts.send(bob, room);
    await acts.change(owner, room, eve, { role: v1.Role.MODERATOR }, "role");
    assert.equal((await membersOf(client, room, bob)).get(eve.id)?.role, v1.Role.MODERATOR);

    const refused = [
      [{ expireTime: timestampFromMs(1) }, "expire_time", "FIELD_INVALID", "member.expire_time"],
      [
        { mutedUntilTime: timestampFromMs(1) },
        "muted_until_time",
        "FIELD_INVALID",
        "member.muted_until_time",
      ],
      [{ role: 99 as v1.Role }, "role", "FIELD_INVALID", "member.role"],
      [{}, "role", "FIELD_INVALID", "member.role"],
      [{ state: 99 as v1.MemberState }, "state", "FIELD_INVALID", "member.state"],
      [{ state: INVITED }, "state", "FIELD_INVALID", "member.state"],
      [{ allow: [v1.Permission.PIN, v1.Permission.PIN] }, "allow", "FIELD_INVALID", "member.allow"],
      [{ deny: [v1.Permission.UNSPECIFIED] }, "deny", "FIELD_INVALID", "member.deny"],
      [{}, "read_seq", "FIELD_UNKNOWN", "update_mask"],
    ] as const;
    for (const [patch, path, reason, field] of refused) {
      const lists = {
        allow: [...("allow" in patch ? patch.allow : [])],
        deny: [...("deny" in patch ? patch.deny : [])],
      };
      await assertRefused(
        acts.change(owner, room, bob, { ...patch, ...lists }, path),
        status.INVALID_ARGUMENT,
        reason,
        field,
      );
    }
    await assertRefused(
      acts.change(owner, room, bob, {}),
      status.INVALID_ARGUMENT,
      "FIELD_REQUIRED",
      "update_mask",
    );
    await assertRefused(
      acts.change(bob, room, eve, { state: BANNED }, "state"),
      status.PERMISSION_DENIED,
      "NOT_PERMITTED",
    );
    await assertRefused(
      acts.change(eve, room, owner, { mutedUntilTime }, "muted_until_time"),
      status.PERMISSION_DENIED,
      "NOT_PERMITTED",
    );
    const nobody = { ...bob, id: "nobody" };
    await assertRefused(acts.remove(owner, room, nobody), status.NOT_FOUND, "MEMBER_NOT_FOUND");
    await assertRefused(
      acts.change(owner, room, nobody, { role: v1.Role.GUEST }, "role"),
      status.NOT_FOUND,
      "MEMBER_NOT_FOUND",
    );
    await assertRefused(
      acts.change(owner, room, nobody, { state: BANNED }, "state"),
      status.NOT_FOUND,
      "USER_NOT_FOUND",
      "member.user_id",
    );
  });

  test("members are listed by state and page, the other states to those who manage members", async () => {
    const room = await makeRoom(client, owner, { public: true });
    await bringIn(client, { room, owner }, bob);
    await acts.add(owner, room, { userIds: [eve.id] });
    const outsider = await register(client, "outsider");
    assert.deepEqual([...(await membersOf(client, room, outsider)).keys()], [bob.id, owner.id].sort());
    assert.deepEqual([...(await membersOf(client, room, owner, INVITED)).keys()], [eve.id]);
    await assertRefused(membersOf(client, room, bob, INVITED), status.PERMISSION_DENIED, "NOT_PERMITTED");
    await assertRefused(
      membersOf(client, room, owner, 99 as v1.MemberState),
      status.INVALID_ARGUMENT,
      "FIELD_INVALID",
      "state",
    );
    const first = await client.unary(listMembers, { roomId: room.id, pageSize: 1 }, bob);
    const { nextPageToken: pageToken } = first;
    const second = await client.unary(listMembers, { roomId: room.id, pageSize: 1, pageToken }, bob);
    assert.deepEqual(
      [...first.members, ...second.members].map(({ userId }) => userId),
      [bob.id, owner.id].sort(),
    );
    assert.equal(second.nextPageToken, "");
    const foreign = client.unary(listMembers, { roomId: room.id, pageToken, state: INVITED }, owner);
    await assertRefused(foreign, status.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID", "page_token");
  });
});
