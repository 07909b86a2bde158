import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { permissionsOf } from "../access/decide.ts";
import { type Permission, rolePermits } from "../access/permissions.ts";
import type { RoomAccess } from "../access/room-access.ts";
import {
  activeAccounts,
  ends,
  LAST_END_MS,
  memberships,
  NOW_MS,
  objects,
  roomRoles,
  rooms,
  sampleAccount,
  timedPermissions,
} from "../access/testing.ts";
import {
  decideInvitation,
  decideMemberUpdate,
  decidePolicyChange,
  decideRemoval,
  type MemberPatch,
  type MemberQuery,
  patchMembership,
} from "./changes.ts";
import type { Membership } from "./membership.ts";
import { outranks, rankIn } from "./room-roles.ts";

const patches: fc.Arbitrary<MemberPatch> = fc.record(
  {
    role: roomRoles,
    state: fc.constantFrom("joined", "left", "banned"),
    expiresAtMs: ends,
    mutedUntilMs: ends,
    allow: fc.array(timedPermissions, { maxLength: 4 }),
    deny: fc.array(timedPermissions, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

// Half of the actors get the right to change others, or most questions would end there.
const actorMemberships = fc.oneof(
  memberships,
  memberships.map((membership) => {
    const deny = membership.deny.filter(({ permission }) => permission !== "manage-members");
    const allow = [...membership.allow, { permission: "manage-members", expiresAtMs: null } as const];
    return { ...membership, state: "joined", expiresAtMs: null, allow, deny } as const;
  }),
);

const queries: fc.Arbitrary<MemberQuery> = fc.record({
  actor: activeAccounts,
  object: fc
    .tuple(objects, rooms, actorMemberships)
    .map(([object, room, membership]) => ({ ...object, room, membership })),
  target: fc.record({
    account: activeAccounts,
    isSelf: fc.constant(false),
    membership: fc.option(memberships, { nil: null }),
    isBlocked: fc.boolean(),
    otherLastingOwners: fc.nat(2),
  }),
});

/** Permissions of a user with this record at a moment, once they are in the room, without regard to mutes. */
function mayAt(room: RoomAccess, membership: Membership | null, atMs: number): ReadonlySet<Permission> {
  if (membership?.state !== "joined" && membership?.state !== "invited") return new Set();
  const inside: Membership = { ...membership, state: "joined", mutedUntilMs: null };
  return permissionsOf(sampleAccount(), { room, membership: inside, lastPost: null, reach: "someone" }, atMs);
}

test("no change ever gives, at any time to come, what neither its maker nor every member has", () => {
  fc.assert(
    fc.property(queries, patches, (query, patch) => {
      if (!decideMemberUpdate(query, patch, NOW_MS).allowed) return;
      const { object, target, actor } = query;
      const { room } = object;
      assert.ok(room);
      const own = permissionsOf(actor, object, NOW_MS);
      const after = patchMembership(target, patch, NOW_MS);
      for (let atMs = NOW_MS; atMs <= LAST_END_MS + 1; atMs++) {
        const had = mayAt(room, target.membership, atMs);
        for (const permission of mayAt(room, after, atMs)) {
          const isForAll = rolePermits(room, "member", permission);
          assert.ok(had.has(permission) || own.has(permission) || isForAll, `${permission} at ${atMs}`);
        }
      }
    }),
    { numRuns: 3_000 },
  );
});

test("whoever changes or removes another stands above them", () => {
  fc.assert(
    fc.property(queries, patches, (query, patch) => {
      const { room, membership } = query.object;
      const decisions = [decideMemberUpdate(query, patch, NOW_MS), decideRemoval(query, NOW_MS)];
      if (!room || !decisions.some(({ allowed }) => allowed)) return;
      const actor = rankIn(room, { account: query.actor, membership }, NOW_MS);
      assert.ok(outranks(actor, rankIn(room, query.target, NOW_MS)));
    }),
    { numRuns: 1_000 },
  );
});

test("changing a hidden room's members is answered for byte for byte like a missing room's", () => {
  fc.assert(
    fc.property(queries, patches, roomRoles, (query, patch, role) => {
      const room = query.object.room && { ...query.object.room, isPublic: false };
      const answers = [room, null].map((asked) => {
        const hidden = {
          ...query,
          actor: sampleAccount(),
          object: { ...query.object, room: asked, membership: null },
        };
        return JSON.stringify([
          decideMemberUpdate(hidden, patch, NOW_MS),
          decideRemoval(hidden, NOW_MS),
          decideInvitation(hidden, { role, expiresAtMs: null }, NOW_MS),
          decidePolicyChange(hidden, [], NOW_MS),
        ]);
      });
      assert.equal(answers[0], answers[1]);
    }),
  );
});
