import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PERMISSIONS, type Permission, ROOM_ROLES, rolePermits } from "../access/permissions.ts";
import type { RoomAccess } from "../access/room-access.ts";
import { NOW_MS, permissions, roomRoles, rooms, sampleAccount, sampleMember } from "../access/testing.ts";
import {
  decideInvitation,
  decideMemberUpdate,
  decidePolicyChange,
  decideRemoval,
  type MemberPatch,
  patchMembership,
} from "./changes.ts";
import { enter, grantedBy, type Membership } from "./membership.ts";

/** People in one room who may all be in league. */
interface Crew {
  readonly room: RoomAccess;
  readonly members: readonly Membership[];
}

/** One person's attempt. */
type Step =
  | { readonly kind: "update"; readonly actor: number; readonly target: number; readonly patch: MemberPatch }
  | {
      readonly kind: "invite";
      readonly actor: number;
      readonly target: number;
      readonly role: Membership["role"];
    }
  | { readonly kind: "remove"; readonly actor: number; readonly target: number }
  | { readonly kind: "accept"; readonly actor: number }
  | { readonly kind: "policy"; readonly actor: number; readonly list: readonly Permission[] };

const CREW_SIZE = 4;
const people = fc.nat(CREW_SIZE - 1);
const lasting = fc.array(
  permissions.map((permission) => ({ permission, expiresAtMs: null })),
  { maxLength: 4 },
);
const patches: fc.Arbitrary<MemberPatch> = fc.record(
  {
    role: roomRoles,
    state: fc.constantFrom("joined", "left", "banned"),
    allow: lasting,
    deny: lasting,
    expiresAtMs: fc.constantFrom(null, NOW_MS + 1),
  },
  { requiredKeys: [] },
);
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("update"), actor: people, target: people, patch: patches }),
  fc.record({ kind: fc.constant("update"), actor: people, target: people, patch: patches }),
  fc.record({ kind: fc.constant("invite"), actor: people, target: people, role: roomRoles }),
  fc.record({ kind: fc.constant("remove"), actor: people, target: people }),
  fc.record({ kind: fc.constant("accept"), actor: people }),
  fc.record({
    kind: fc.constant("policy"),
    actor: people,
    list: fc.uniqueArray(permissions, { maxLength: 6 }),
  }),
);
const crews: fc.Arbitrary<Crew> = fc.record({
  room: rooms.map((room) => ({ ...room, state: "active" }) as const),
  members: fc.array(
    fc
      .record({
        role: roomRoles,
        state: fc.constantFrom("joined", "joined", "joined", "invited", "knocking", "left"),
        allow: lasting,
        deny: lasting,
      })
      .map(sampleMember),
    { minLength: CREW_SIZE, maxLength: CREW_SIZE },
  ),
});

function take({ room, members }: Crew, step: Step): Crew {
  const own = members[step.actor] ?? null;
  const object = { room, membership: own, lastPost: null, reach: "someone" as const };
  const actor = sampleAccount();
  if (step.kind === "policy") {
    const { allowed } = decidePolicyChange({ actor, object }, step.list, NOW_MS);
    return { members, room: allowed ? { ...room, memberPermissions: step.list } : room };
  }
  if (step.kind === "accept") {
    if (own?.state !== "invited") return { room, members };
    return { room, members: members.with(step.actor, { ...own, state: "joined" }) };
  }

  const membership = members[step.target] ?? null;
  const target = {
    account: sampleAccount(),
    isSelf: step.actor === step.target,
    membership,
    isBlocked: false,
    otherLastingOwners: countLastingOwners(members.filter((_, index) => index !== step.target)),
  };
  const query = { actor, object, target };
  const change = (allowed: boolean, after: Membership): Crew => ({
    room,
    members: allowed ? members.with(step.target, after) : members,
  });
  switch (step.kind) {
    case "update": {
      const { allowed } = decideMemberUpdate(query, step.patch, NOW_MS);
      return change(allowed, patchMembership(target, step.patch, NOW_MS));
    }
    case "invite": {
      const offer = { role: step.role, expiresAtMs: null };
      const { allowed } = decideInvitation(query, offer, NOW_MS);
      return change(allowed, enter(membership, { ...offer, state: "invited", joinedSeq: 0 }));
    }
    case "remove":
      return change(decideRemoval(query, NOW_MS).allowed, patchMembership(target, { state: "left" }, NOW_MS));
    default:
      return step satisfies never;
  }
}

function isIn({ state }: Membership): boolean {
  return state === "joined" || state === "invited";
}

function countLastingOwners(members: readonly Membership[]): number {
  return members.filter(
    ({ role, state, expiresAtMs }) => role === "owner" && state === "joined" && expiresAtMs === null,
  ).length;
}

/** The permissions of all of them together, and those that the room gives to every member. */
function powersOf({ room, members }: Crew): ReadonlySet<Permission> {
  const held = members.filter(isIn).flatMap((member) => [...grantedBy(member, room, NOW_MS)]);
  return new Set([...held, ...PERMISSIONS.filter((permission) => rolePermits(room, "member", permission))]);
}

/** The highest rank among them; member at least, because anyone may become one. */
function heightOf({ members }: Crew): number {
  const ranks = members.filter(isIn).map(({ role }) => ROOM_ROLES.indexOf(role));
  return Math.max(ROOM_ROLES.indexOf("member"), ...ranks);
}

const plots = fc.tuple(crews, fc.array(steps, { maxLength: 30 }));

test("members who conspire never get, in any number of steps, what none of them had", () => {
  fc.assert(
    fc.property(plots, ([start, plot]) => {
      const powers = powersOf(start);
      for (const power of powersOf(plot.reduce(take, start))) assert.ok(powers.has(power), power);
    }),
    { numRuns: 2_000 },
  );
});

test("members who conspire never rise above the highest of them", () => {
  fc.assert(
    fc.property(plots, ([start, plot]) => {
      assert.ok(heightOf(plot.reduce(take, start)) <= heightOf(start));
    }),
    { numRuns: 2_000 },
  );
});

test("a room that has a lasting owner has one after any number of steps", () => {
  fc.assert(
    fc.property(plots, ([start, plot]) => {
      fc.pre(countLastingOwners(start.members) > 0);
      assert.ok(countLastingOwners(plot.reduce(take, start).members) > 0);
    }),
    { numRuns: 1_000 },
  );
});
