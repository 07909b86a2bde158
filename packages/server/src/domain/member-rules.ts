import { refuse, type Verdict } from "./decisions.ts";
import { grantedBy, type MemberState, type Membership, stateNow } from "./membership.ts";
import { PERMISSIONS, type Permission, type RoleTable, type RoomRole, rolePermits } from "./permissions.ts";
import { mayGrantRole, outranks, type Standing } from "./room-roles.ts";

/** What is asked of a change to somebody's membership, in order, once its permission is there. */
export const MEMBER_RULES = [
  "target-state",
  "direct-equals",
  "own-membership",
  "last-owner",
  "outranks-target",
  "role-within-reach",
  "grants-only-own",
] as const;

export type MemberRule = (typeof MEMBER_RULES)[number];

/** A change to one membership, as it stands and as it would stand. */
export interface MemberQuestion {
  readonly change: "invite" | "update" | "remove";
  readonly isSelf: boolean;
  readonly room: RoleTable;
  readonly actorStanding: Standing;
  /** What the actor may do in the room. */
  readonly own: ReadonlySet<Permission>;
  readonly targetStanding: Standing;
  readonly before: Membership | null;
  readonly after: Membership;
  /** The state that the change asks for, if it does. */
  readonly state: MemberState | null;
  readonly otherLastingOwners: number;
  readonly nowMs: number;
}

// Nobody is made a member against their will: who is invited accepts, who was banned may come back.
const reachableFrom = {
  invited: ["left", "knocking"],
  knocking: [],
  joined: ["joined", "knocking"],
  left: ["joined", "invited", "knocking", "banned"],
  banned: ["joined", "invited", "knocking", "left", "banned"],
} as const satisfies Record<MemberState, readonly MemberState[]>;

export const memberRules = {
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

  "direct-equals": ({ change, room, before, after }) =>
    room.kind === "direct" && change === "update" && (after.role !== before?.role || after.allow.length > 0)
      ? refuse(
          "NOT_PERMITTED",
          "in a direct room all are equals: nobody has a role or a permission of their own",
        )
      : null,

  "own-membership": ({ change, isSelf, actorStanding, before, after }) => {
    if (!isSelf || change === "remove" || actorStanding === "service" || actorStanding === "admin")
      return null;
    return before && outranks(before.role, after.role) && isSameButRole(before, after)
      ? null
      : refuse("NOT_PERMITTED", "of one's own membership one may only lower the role, or leave");
  },

  "last-owner": ({ before, after, otherLastingOwners, nowMs }) =>
    otherLastingOwners === 0 && ownership(after, nowMs) < ownership(before, nowMs)
      ? refuse("LAST_OWNER", "a room keeps an owner: make someone else an owner first, or delete the room")
      : null,

  "outranks-target": ({ change, isSelf, actorStanding, targetStanding }) =>
    change === "invite" || isSelf || outranks(actorStanding, targetStanding)
      ? null
      : refuse("NOT_PERMITTED", `this user is ${targetStanding} here: only who stands above may do that`),

  // Whoever lets someone in hands them the role on their record.
  "role-within-reach": ({ actorStanding, before, after, nowMs }) => {
    const role = roleHeld(after, nowMs);
    return role === null || role === roleHeld(before, nowMs) || mayGrantRole(actorStanding, role)
      ? null
      : refuse("NOT_PERMITTED", `who stands as ${actorStanding} here can't give the role ${role}`);
  },

  "grants-only-own": (question) => {
    const excess = gains(question).find((permission) => !mayBeGranted(permission, question));
    return excess ? refuse("NOT_PERMITTED", `${excess} is given only by who has it`) : null;
  },
} as const satisfies Record<MemberRule, (question: MemberQuestion) => Verdict>;

const nobody = refuse("MEMBER_NOT_FOUND", "this user is not in the room");

/** What a change gives that was not there: at once, or later by outlasting what was there. */
function gains({
  room,
  before,
  after,
  nowMs,
}: Pick<MemberQuestion, "room" | "before" | "after" | "nowMs">): readonly Permission[] {
  // Between two ends nothing changes, so that these moments stand for all time.
  const moments = [nowMs, ...endsOf(before), ...endsOf(after)].filter((atMs) => atMs >= nowMs);
  return PERMISSIONS.filter((permission) =>
    moments.some(
      (atMs) => held(after, room, atMs).has(permission) && !held(before, room, atMs).has(permission),
    ),
  );
}

/** What every member has by the room's own rules is the room's to give, whoever lets them in. */
function mayBeGranted(permission: Permission, { own, room }: MemberQuestion): boolean {
  return own.has(permission) || rolePermits(room, "member", permission);
}

/** What a record gives, or would give once its invitation is accepted. */
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

/** The role of who is in, or invited. Who was an owner, and left, is none. */
function roleHeld(membership: Membership | null, nowMs: number): RoomRole | null {
  const state = stateNow(membership, nowMs);
  return membership && (state === "joined" || state === "invited") ? membership.role : null;
}

/** An owner whose membership ends by itself keeps a room less well than one whose membership lasts. */
function ownership(membership: Membership | null, nowMs: number): number {
  if (stateNow(membership, nowMs) !== "joined" || membership?.role !== "owner") return 0;
  return membership.expiresAtMs === null ? 2 : 1;
}

function isSameButRole(before: Membership, after: Membership): boolean {
  const fields = ["state", "expiresAtMs", "mutedUntilMs", "allow", "deny"] as const;
  return fields.every((field) => before[field] === after[field]);
}
