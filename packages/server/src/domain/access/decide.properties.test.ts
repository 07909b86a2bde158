import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { grantedBy, type Membership, type TimedPermission } from "../members/membership.ts";
import type { Account, SystemRole } from "../users/system-roles.ts";
import { ACCESS_RULES, decide, permissionsOf } from "./decide.ts";
import { PERMISSIONS, ROOM_ROLES } from "./permissions.ts";
import type { AccessObject } from "./room-access.ts";
import {
  accounts,
  actions,
  activeAccounts,
  memberships,
  NOW_MS,
  objects,
  ordinaryRoles,
  permissions,
  rooms,
  sampleAccount,
  timedPermissions,
} from "./testing.ts";

/** Actors who have no rights but those of their membership. */
const ordinaryAccounts = fc.record({ role: ordinaryRoles }).map((fields) => sampleAccount(fields));

/** Rooms that only their members can find. */
const hiddenRooms = rooms.map((room) => (room.kind === "direct" ? room : { ...room, isPublic: false }));

/** Records of people who are not in the room: none, left, banned, or expired. */
const absentMemberships = fc.oneof(
  fc.constant(null),
  memberships.map((membership) => ({ ...membership, state: "left" }) as const),
  memberships.map((membership) => ({ ...membership, state: "banned" }) as const),
  memberships.map((membership) => ({ ...membership, expiresAtMs: NOW_MS })),
);

const membersObjects = fc
  .tuple(objects, rooms, memberships)
  .map(([object, room, membership]) => ({ ...object, room, membership }));

function isSubset<T>(part: ReadonlySet<T>, whole: ReadonlySet<T>): boolean {
  return [...part].every((item) => whole.has(item));
}

function withMember(
  object: AccessObject & { membership: Membership },
  fields: Partial<Membership>,
): AccessObject {
  return { ...object, membership: { ...object.membership, ...fields } };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

test("a decision depends on its arguments only, and leaves them as they are", () => {
  fc.assert(
    fc.property(accounts, actions, objects, (actor, action, object) => {
      deepFreeze([actor, object]);
      const first = decide(actor, action, object, NOW_MS);
      assert.deepEqual(decide(structuredClone(actor), action, structuredClone(object), NOW_MS), first);
    }),
  );
});

test("when everything happens later by the same time, the decision is the same", () => {
  const later = (endMs: number | null) => (endMs === null ? null : endMs + 1_000_000);
  const allLater = (list: readonly TimedPermission[]) =>
    list.map((entry) => ({ ...entry, expiresAtMs: later(entry.expiresAtMs) }));
  fc.assert(
    fc.property(activeAccounts, actions, membersObjects, (actor, action, object) => {
      const { membership, lastPost } = object;
      const shifted = {
        ...withMember(object, {
          expiresAtMs: later(membership.expiresAtMs),
          mutedUntilMs: later(membership.mutedUntilMs),
          allow: allLater(membership.allow),
          deny: allLater(membership.deny),
        }),
        lastPost: lastPost && { ...lastPost, atMs: lastPost.atMs + 1_000_000 },
      };
      const now = decide(actor, action, object, NOW_MS);
      const then = decide(
        { ...actor, roleUntilMs: later(actor.roleUntilMs) },
        action,
        shifted,
        NOW_MS + 1_000_000,
      );
      assert.equal(then.decidedBy, now.decidedBy);
      assert.equal(then.allowed, now.allowed);
    }),
  );
});

test("a room that may not be known of is answered for byte for byte like one that isn't there", () => {
  fc.assert(
    fc.property(
      ordinaryAccounts,
      actions,
      fc.tuple(objects, hiddenRooms, absentMemberships, absentMemberships),
      (actor, action, [object, room, membership, other]) => {
        const hidden = decide(actor, action, { ...object, room, membership }, NOW_MS);
        const missing = decide(actor, action, { ...object, room: null, membership: other }, NOW_MS);
        assert.equal(JSON.stringify(hidden), JSON.stringify(missing));
        assert.equal(missing.allowed ? undefined : missing.reason, "ROOM_NOT_FOUND");
      },
    ),
  );
});

test("every rule before the one that decided has passed, in the order of the rules", () => {
  fc.assert(
    fc.property(accounts, actions, objects, (actor, action, object) => {
      const { trace, decidedBy, allowed } = decide(actor, action, object, NOW_MS);
      assert.deepEqual(
        trace.map(({ rule }) => rule),
        ACCESS_RULES.slice(0, ACCESS_RULES.indexOf(decidedBy) + 1),
      );
      assert.ok(trace.slice(0, -1).every(({ verdict }) => verdict === "passes"));
      assert.equal(trace.at(-1)?.verdict, allowed ? "allows" : "denies");
    }),
  );
});

test("a suspended account may do nothing, whatever its role", () => {
  fc.assert(
    fc.property(accounts, actions, objects, (account, action, object) => {
      const actor: Account = { ...account, state: { kind: "suspended", untilMs: null } };
      assert.equal(decide(actor, action, object, NOW_MS).decidedBy, "account-active");
    }),
  );
});

test("whoever is not in a room may see it, join it or knock at most", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("guest", "user"),
      permissions,
      fc.tuple(objects, rooms, absentMemberships),
      (role, permission, [object, room, membership]) => {
        const actor = sampleAccount({ role });
        assert.equal(decide(actor, permission, { ...object, room, membership }, NOW_MS).allowed, false);
      },
    ),
  );
});

test("a member who is muted, banned, or whose membership has ended never posts or reacts", () => {
  const sanctions = fc.constantFrom<Partial<Membership>>(
    { mutedUntilMs: NOW_MS + 1 },
    { state: "banned", expiresAtMs: null },
    { expiresAtMs: NOW_MS },
    { state: "left" },
    { state: "invited" },
    { state: "knocking" },
  );
  const speech = fc.constantFrom("post", "react", "edit-own", "mention-all");
  fc.assert(
    fc.property(ordinaryAccounts, speech, membersObjects, sanctions, (actor, action, object, sanction) => {
      assert.equal(decide(actor, action, withMember(object, sanction), NOW_MS).allowed, false);
    }),
  );
});

test("what is denied to a member stays denied, whatever they are allowed and whatever their role", () => {
  fc.assert(
    fc.property(ordinaryAccounts, permissions, membersObjects, (actor, permission, object) => {
      const entry = { permission, expiresAtMs: null };
      const denied = withMember(object, { deny: [entry], allow: [...object.membership.allow, entry] });
      const decision = decide(actor, permission, denied, NOW_MS);
      assert.ok(!decision.allowed || decision.decidedBy === "system-role");
    }),
  );
});

test("an entry that has ended decides like one that isn't there", () => {
  const current = (list: readonly TimedPermission[]) =>
    list.filter(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > NOW_MS);
  fc.assert(
    fc.property(accounts, actions, membersObjects, (actor, action, object) => {
      const { allow, deny, mutedUntilMs } = object.membership;
      const swept = withMember(object, {
        allow: current(allow),
        deny: current(deny),
        mutedUntilMs: mutedUntilMs !== null && mutedUntilMs <= NOW_MS ? null : mutedUntilMs,
      });
      assert.deepEqual(decide(actor, action, swept, NOW_MS), decide(actor, action, object, NOW_MS));
    }),
  );
});

test("one more allowance never takes a permission away, and one more denial never gives one", () => {
  fc.assert(
    fc.property(accounts, membersObjects, timedPermissions, (actor, object, entry) => {
      const { allow, deny } = object.membership;
      const before = permissionsOf(actor, object, NOW_MS);
      const allowed = withMember(object, { allow: [...allow, entry] });
      const denied = withMember(object, { deny: [...deny, entry] });
      assert.ok(isSubset(before, permissionsOf(actor, allowed, NOW_MS)));
      assert.ok(isSubset(permissionsOf(actor, denied, NOW_MS), before));
    }),
  );
});

test("a longer list of member permissions never takes a permission away", () => {
  fc.assert(
    fc.property(accounts, membersObjects, permissions, permissions, (actor, object, first, more) => {
      const memberPermissions = [...object.room.memberPermissions, first];
      const listed = { ...object, room: { ...object.room, memberPermissions } };
      const longer = { ...object, room: { ...object.room, memberPermissions: [...memberPermissions, more] } };
      assert.ok(isSubset(permissionsOf(actor, listed, NOW_MS), permissionsOf(actor, longer, NOW_MS)));
    }),
  );
});

test("a higher role, in the room or on the server, never takes a permission away", () => {
  const ladder: readonly SystemRole[] = ["guest", "user", "moderator", "admin", "service"];
  fc.assert(
    fc.property(activeAccounts, membersObjects, (account, object) => {
      const byRoomRole = ROOM_ROLES.map((role) =>
        permissionsOf(account, withMember(object, { role }), NOW_MS),
      );
      const bySystemRole = ladder.map((role) => permissionsOf(sampleAccount({ role }), object, NOW_MS));
      for (const steps of [byRoomRole, bySystemRole]) {
        steps.slice(1).forEach((step, index) => {
          assert.ok(isSubset(steps[index] ?? new Set(), step));
        });
      }
    }),
  );
});

test("what a record gives is what its holder may do, where nothing holds them up", () => {
  fc.assert(
    fc.property(rooms, memberships, (anyRoom, membership) => {
      const room = { ...anyRoom, state: "active" } as const;
      const unmuted = { ...membership, state: "joined", mutedUntilMs: null, expiresAtMs: null } as const;
      const object = { room, membership: unmuted, lastPost: null, reach: "someone" as const };
      const may = permissionsOf(sampleAccount(), object, NOW_MS);
      const given = grantedBy(unmuted, room, NOW_MS);
      for (const permission of PERMISSIONS) {
        const isOutOfReach = room.kind === "direct" && permission === "invite";
        assert.equal(may.has(permission), given.has(permission) && !isOutOfReach, permission);
      }
    }),
  );
});
