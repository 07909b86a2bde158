/** Actors, rooms and memberships for the tests of the access rules: plain ones and arbitrary ones. */

import fc from "fast-check";
import type { Membership, TimedPermission } from "../members/membership.ts";
import type { Account } from "../users/system-roles.ts";
import { decide } from "./decide.ts";
import { PERMISSIONS, ROOM_ROLES } from "./permissions.ts";
import type { AccessObject, Action, Reach, RoomAccess } from "./room-access.ts";

/** The time of every question. Arbitrary ends lie close to it, and many fall exactly on it. */
export const NOW_MS = 1_000;
const FIRST_END_MS = NOW_MS - 5;
export const LAST_END_MS = NOW_MS + 5;

export function sampleAccount(fields: Partial<Account> = {}): Account {
  return { role: "user", roleUntilMs: null, state: { kind: "active" }, ...fields };
}

export function sampleRoom(fields: Partial<RoomAccess> = {}): RoomAccess {
  return {
    kind: "group",
    state: "active",
    isPublic: false,
    joinRule: "invite",
    historyVisibility: "full",
    memberPermissions: [],
    slowModeMs: 0,
    requiredLikes: 0,
    ...fields,
  };
}

export function sampleMember(fields: Partial<Membership> = {}): Membership {
  return {
    role: "member",
    state: "joined",
    expiresAtMs: null,
    mutedUntilMs: null,
    allow: [],
    deny: [],
    joinedSeq: 0,
    ...fields,
  };
}

export function sampleObject(fields: Partial<AccessObject> = {}): AccessObject {
  return { room: sampleRoom(), membership: sampleMember(), lastPost: null, reach: "someone", ...fields };
}

/** Differences from a member of a group room. Null means no such room, or no membership. */
export interface Situation {
  readonly actor?: Partial<Account>;
  readonly room?: Partial<RoomAccess> | null;
  readonly member?: Partial<Membership> | null;
  readonly lastPost?: AccessObject["lastPost"];
  readonly reach?: Reach;
}

/** Names the rule that decides, and the reason if it refuses: `muted MUTED`, `role-default allows`. */
export function verdictOn(action: Action, situation: Situation): string {
  const { actor, room = {}, member = {}, lastPost = null, reach = "someone" } = situation;
  const object = {
    room: room && sampleRoom(room),
    membership: member && sampleMember(member),
    lastPost,
    reach,
  };
  const decision = decide(sampleAccount(actor), action, object, NOW_MS);
  return `${decision.decidedBy} ${decision.allowed ? "allows" : decision.reason}`;
}

export const permissions = fc.constantFrom(...PERMISSIONS);
export const actions = fc.constantFrom(...PERMISSIONS, "see", "join", "knock");
const moments = fc.integer({ min: FIRST_END_MS, max: LAST_END_MS });
export const ends = fc.option(moments, { nil: null });
export const systemRoles = fc.constantFrom("guest", "user", "moderator", "admin", "service");
/** The system roles that may do nothing in a private room beyond their membership. */
export const ordinaryRoles = fc.constantFrom("guest", "user", "moderator");
export const roomRoles = fc.constantFrom(...ROOM_ROLES);
const permissionLists = fc.uniqueArray(permissions, { maxLength: 5 });

export const timedPermissions: fc.Arbitrary<TimedPermission> = fc.record({
  permission: permissions,
  expiresAtMs: ends,
});

export const accounts: fc.Arbitrary<Account> = fc.record({
  role: systemRoles,
  roleUntilMs: ends,
  state: fc.oneof(
    { weight: 6, arbitrary: fc.constant({ kind: "active" } as const) },
    fc.record({ kind: fc.constant("suspended"), untilMs: ends }),
    fc.constant({ kind: "erased" } as const),
  ),
});

export const activeAccounts = accounts.map((account) => ({ ...account, state: { kind: "active" } as const }));

export const rooms: fc.Arbitrary<RoomAccess> = fc.record({
  kind: fc.constantFrom("direct", "group", "broadcast"),
  state: fc.constantFrom("active", "active", "active", "deleted"),
  isPublic: fc.boolean(),
  joinRule: fc.constantFrom("invite", "knock", "open"),
  historyVisibility: fc.constantFrom("full", "since-join"),
  memberPermissions: permissionLists,
  slowModeMs: fc.constantFrom(0, 0, 3),
  requiredLikes: fc.constantFrom(0, 0, 2),
});

export const memberships: fc.Arbitrary<Membership> = fc.record({
  role: roomRoles,
  state: fc.constantFrom("joined", "joined", "joined", "invited", "knocking", "left", "banned"),
  expiresAtMs: ends,
  mutedUntilMs: ends,
  allow: fc.array(timedPermissions, { maxLength: 4 }),
  deny: fc.array(timedPermissions, { maxLength: 3 }),
  joinedSeq: fc.nat(10),
});

export const objects: fc.Arbitrary<AccessObject> = fc.record({
  room: fc.option(rooms, { nil: null, freq: 20 }),
  membership: fc.option(memberships, { nil: null, freq: 10 }),
  lastPost: fc.option(fc.record({ atMs: moments, likes: fc.nat(3) }), { nil: null }),
  reach: fc.constantFrom("someone", "someone", "nobody-willing", "nobody-left"),
});
