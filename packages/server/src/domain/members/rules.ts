import { refuse, type Verdict } from "../access/decisions.ts";
import {
  PERMISSIONS,
  type Permission,
  type RoleTable,
  type RoomRole,
  rolePermits,
} from "../access/permissions.ts";
import { grantedBy, type MemberState, type Membership, stateNow } from "./membership.ts";
import { mayGrantRole, outranks, type Rank } from "./room-roles.ts";

/** The rules for a change of a membership, in order. The permission itself has been checked before. */
export const MEMBER_RULES = [
  "target-state",
  "blocked-by-target",
  "direct-equals",
  "own-membership",
  "last-owner",
  "outranks-target",
  "role-within-reach",
  "grants-only-own",
] as const;

export type MemberRule = (typeof MEMBER_RULES)[number];

/** A change to one membership, with the record before and after. */
export interface MemberQuestion {
  readonly change: "invite" | "update" | "remove";
  readonly isSelf: boolean;
  readonly room: RoleTable;
  readonly actorRank: Rank;
  /** The actor's permissions in the room. */
  readonly own: ReadonlySet<Permission>;
  readonly targetRank: Rank;
  /** The target has blocked the actor. */
  readonly isBlocked: boolean;
  readonly before: Membership | null;
  readonly after: Membership;
  /** The requested state; null if the change does not set one. */
  readonly state: MemberState | null;
  readonly otherLastingOwners: number;
  readonly nowMs: number;
}

// Nobody becomes a member against their will: an invited user must accept, and lifting a ban only lets a user come
// back.
const reachableFrom = {
  invited: ["left", "knocking"],
  knocking: [],
  joined: ["joined", "knocking"],
  left: ["joined", "invited", "knocking", "banned"],
  banned: ["joined", "invited", "knocking", "left", "banned"],
} as const satisfies Record<MemberState, readonly MemberState[]>;

export const memberRules: Readonly<Record<MemberRule, (question: MemberQuestion) => Verdict>> = {
  "target-state": ({ change, before, state, nowMs }) => {
    const from = stateNow(before, nowMs);
    if (change === "invite" && (from === "joined" || from === "invited")) {
      return refuse(
        "ALREADY_MEMBER",
        `this user has ${from === "joined" ? "joined" : "been invited"} already`,
      );
    }
    if (change === "invite" && from === "banned") {
      return refuse("BANNED", "this user is banned from the room: lift the ban first");
    }
    if (change === "remove" && from === "banned") return nobody;
    if (state === null) return from === "left" ? nobody : null;
    const sources: readonly MemberState[] = reachableFrom[state];
    if (sources.includes(from)) return null;
    return from === "left"
      ? nobody
      : refuse("NOT_PERMITTED", `a member who is ${from} can't be made ${state}`);
  },

  // A service acts for the host application, which nobody can block.
  "blocked-by-target": (question) =>
    question.isBlocked && bringsIn(question) && question.actorRank !== "service"
      ? refuse("NOT_PERMITTED", "this user takes no invitations of yours")
      : null,

  "direct-equals": ({ change, room, before, after }) =>
    room.kind === "direct" && change === "update" && (after.role !== before?.role || after.allow.length > 0)
      ? refuse(
          "NOT_PERMITTED",
          "in a direct room all are equals: nobody has a role or a permission of their own",
        )
      : null,

  "own-membership": ({ change, isSelf, actorRank, before, after }) => {
    if (!isSelf || change === "remove" || actorRank === "service" || actorRank === "admin") return null;
    return before && outranks(before.role, after.role) && isSameButRole(before, after)
      ? null
      : refuse("NOT_PERMITTED", "of one's own membership one may only lower the role, or leave");
  },

  "last-owner": ({ before, after, otherLastingOwners, nowMs }) =>
    otherLastingOwners === 0 && ownership(after, nowMs) < ownership(before, nowMs)
      ? refuse("LAST_OWNER", "a room keeps an owner: make someone else an owner first, or delete the room")
      : null,

  "outranks-target": ({ change, isSelf, actorRank, targetRank }) =>
    change === "invite" || isSelf || outranks(actorRank, targetRank)
      ? null
      : refuse("NOT_PERMITTED", `this user is ${targetRank} here: only who stands above may do that`),

  // Approving a knock or inviting a user grants the role on the record.
  "role-within-reach": ({ actorRank, before, after, nowMs }) => {
    const role = roleHeld(after, nowMs);
    return role === null || role === roleHeld(before, nowMs) || mayGrantRole(actorRank, role)
      ? null
      : refuse("NOT_PERMITTED", `who stands as ${actorRank} here can't give the role ${role}`);
  },

  "grants-only-own": (question) => {
    const excess = gains(question).find((permission) => !mayBeGranted(permission, question));
    return excess ? refuse("NOT_PERMITTED", `${excess} is given only by who has it`) : null;
  },
};

/** True for an invitation, and for the approval of a knock. */
function bringsIn({ change, state, before, nowMs }: MemberQuestion): boolean {
  return change === "invite" || (state === "joined" && stateNow(before, nowMs) === "knocking");
}

const nobody = refuse("MEMBER_NOT_FOUND", "this user is not in the room");

/** Returns the permissions that a change adds: at once, or later because they outlast the earlier ones. */
function gains({
  room,
  before,
  after,
  nowMs,
}: Pick<MemberQuestion, "room" | "before" | "after" | "nowMs">): readonly Permission[] {
  // Nothing changes between two ends, so these moments are enough.
  const moments = [nowMs, ...endsOf(before), ...endsOf(after)].filter((atMs) => atMs >= nowMs);
  return PERMISSIONS.filter((permission) =>
    moments.some(
      (atMs) => held(after, room, atMs).has(permission) && !held(before, room, atMs).has(permission),
    ),
  );
}

/** Permissions that every member has belong to the room, so any actor may grant them. */
function mayBeGranted(permission: Permission, { own, room }: MemberQuestion): boolean {
  return own.has(permission) || rolePermits(room, "member", permission);
}

/** Returns the permissions of a record, or of an invitation as if it were accepted. */
function held(membership: Membership | null, room: RoleTable, atMs: number): ReadonlySet<Permission> {
  const state = stateNow(membership, atMs);
  const counts = state === "joined" || state === "invited";
  return membership && counts ? grantedBy(membership, room, atMs) : new Set();
}

function endsOf(membership: Membership | null): readonly number[] {
  if (!membership) return [];
  const ends = [...membership.allow, ...membership.deny].map(({ expiresAtMs }) => expiresAtMs);
  return [membership.expiresAtMs, ...ends].filter((endMs) => endMs !== null);
}

/** Returns the role of a joined or invited user. A former owner has none. */
function roleHeld(membership: Membership | null, nowMs: number): RoomRole | null {
  const state = stateNow(membership, nowMs);
  return membership && (state === "joined" || state === "invited") ? membership.role : null;
}

/** Ranks owners: a lasting membership is worth more than one with an end. */
function ownership(membership: Membership | null, nowMs: number): number {
  if (stateNow(membership, nowMs) !== "joined" || membership?.role !== "owner") return 0;
  return membership.expiresAtMs === null ? 2 : 1;
}

function isSameButRole(before: Membership, after: Membership): boolean {
  const fields = ["state", "expiresAtMs", "mutedUntilMs", "allow", "deny"] as const;
  return fields.every((field) => before[field] === after[field]);
}
