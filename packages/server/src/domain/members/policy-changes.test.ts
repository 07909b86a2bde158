import assert from "node:assert/strict";
import { test } from "node:test";
import type { Permission } from "../access/permissions.ts";
import type { RoomAccess } from "../access/room-access.ts";
import { NOW_MS, sampleAccount, sampleMember, sampleObject, sampleRoom } from "../access/testing.ts";
import { decidePolicyChange } from "./changes.ts";
import type { Membership } from "./membership.ts";

const PERMITTED = "change-permitted allows";
const MORE_THAN_OWN = "grants-only-own NOT_PERMITTED";

const timed = (permission: Permission) => [{ permission, expiresAtMs: null }];

function policy(
  membership: Partial<Membership>,
  list: readonly Permission[],
  room: Partial<RoomAccess> = {},
): string {
  const object = sampleObject({ room: sampleRoom(room), membership: sampleMember(membership) });
  const decision = decidePolicyChange({ actor: sampleAccount(), object }, list, NOW_MS);
  return `${decision.decidedBy} ${decision.allowed ? "allows" : decision.reason}`;
}

test("a member's permissions are given only by who has them, to all members as to one", () => {
  const steward = { allow: timed("manage-room") };
  assert.equal(policy({ role: "owner" }, ["read", "manage-members"]), PERMITTED);
  assert.equal(policy(steward, ["read", "post"]), PERMITTED);
  assert.equal(policy(steward, ["read", "delete-any"]), MORE_THAN_OWN);
  assert.equal(policy(steward, [], { memberPermissions: ["read"] }), MORE_THAN_OWN);
  const mute = { ...steward, deny: timed("post") };
  const listed = { memberPermissions: ["read", "post"] } as const;
  assert.equal(policy(mute, ["read", "post"], listed), PERMITTED);
  assert.equal(policy(mute, ["read", "post", "react"], listed), MORE_THAN_OWN);
  assert.equal(policy({ role: "moderator" }, ["read"]), "nothing-grants NOT_PERMITTED");
});
