import { describeEnd } from "../expiry.ts";
import { findTimed, type MemberState, type Membership } from "../members/membership.ts";
import type { SystemRole } from "../users/system-roles.ts";
import { allow, refuse, type Verdict } from "./decisions.ts";
import { defaultPermits, type Permission, policyPermits } from "./permissions.ts";
import {
  type AccessObject,
  type Action,
  isPublicRoom,
  type LastPost,
  type RoomAccess,
} from "./room-access.ts";

/**
 * A room's rules in order; the first that decides wins. Bans come before everything that lets a user in, and sanctions
 * before everything that grants a permission.
 */
export const ROOM_RULES = [
  "room-deleted",
  "direct-room",
  "room-closed",
  "system-role",
  "banned",
  "room-seen",
  "joined-already",
  "invited",
  "join-rule",
  "membership",
  "direct-messages",
  "muted",
  "member-deny",
  "slow-mode",
  "required-likes",
  "member-allow",
  "room-policy",
  "role-default",
] as const;

type RoomRule = (typeof ROOM_RULES)[number];

/** A question about a room whose existence the actor may know of. */
export interface RoomQuestion {
  readonly action: Action;
  readonly systemRole: SystemRole;
  readonly room: RoomAccess;
  readonly state: MemberState;
  readonly membership: Membership | null;
  readonly lastPost: LastPost | null;
  readonly reach: AccessObject["reach"];
  readonly nowMs: number;
}

/** A call that came later may be decided earlier, but not by as much as this. */
const MAX_OVERTAKEN_MS = 60_000;

type RuleOf = (question: RoomQuestion) => Verdict;

const ENTERS: ReadonlySet<Action> = new Set(["join", "knock"]);
const CHANGES_WHO_IS_IN: ReadonlySet<Action> = new Set(["join", "knock", "invite"]);
// Editing an old message and mentioning everyone are ways to speak.
const SPEAKS: ReadonlySet<Action> = new Set(["post", "react", "edit-own", "mention-all"]);

// Every action that reaches the other member of a direct room. Deleting an own message only takes it back.
const REACHES_OTHERS: ReadonlySet<Action> = new Set([...SPEAKS, "pin"]);

type SystemGrant = "everything" | ReadonlySet<Action>;

const NOTHING: SystemGrant = new Set();
const MODERATES: SystemGrant = new Set(["see", "read", "delete-any", "manage-members"]);
// Enough to act on reports. Private conversations stay private.
const MODERATES_UNREAD: SystemGrant = new Set(["see", "delete-any", "manage-members", "manage-room"]);

/** The grants of a system role in rooms that it is not a member of. */
const systemGrants = {
  guest: { direct: NOTHING, private: NOTHING, public: NOTHING },
  user: { direct: NOTHING, private: NOTHING, public: NOTHING },
  moderator: { direct: NOTHING, private: NOTHING, public: MODERATES },
  admin: { direct: MODERATES_UNREAD, private: "everything", public: "everything" },
  service: { direct: "everything", private: "everything", public: "everything" },
} as const satisfies Record<SystemRole, Record<"direct" | "private" | "public", SystemGrant>>;

export const roomRules: Readonly<Record<RoomRule, RuleOf>> = {
  "room-deleted": ({ room }) =>
    room.state === "deleted" ? refuse("ROOM_DELETED", "this room has been deleted") : null,

  "direct-room": ({ action, room }) =>
    room.kind === "direct" && CHANGES_WHO_IS_IN.has(action)
      ? refuse("NOT_PERMITTED", "a direct room stays among those it was opened for: open another")
      : null,

  "room-closed": ({ action, room, reach }) =>
    action === "post" && room.kind === "direct" && reach === "nobody-left"
      ? refuse("ROOM_CLOSED", "the accounts of all others in this direct room have been deleted")
      : null,

  "system-role": ({ action, systemRole, room }) => {
    const granted: SystemGrant = systemGrants[systemRole][roomClass(room)];
    return granted === "everything" || granted.has(action) ? allow(`${systemRole} on this server`) : null;
  },

  banned: ({ state, membership }) =>
    state === "banned" && membership
      ? refuse("BANNED", `banned from this room ${describeEnd(membership.expiresAtMs)}`)
      : null,

  "room-seen": ({ action }) => (action === "see" ? allow("this room is public, or one's own") : null),

  "joined-already": ({ action, state }) =>
    ENTERS.has(action) && state === "joined" ? allow("a member already") : null,

  invited: ({ action, state }) => (ENTERS.has(action) && state === "invited" ? allow("invited") : null),

  "join-rule": ({ action, room }) => (ENTERS.has(action) ? byJoinRule(action, room) : null),

  membership: ({ state, room }) => {
    if (state === "joined") return null;
    const advice = room.kind === "direct" ? "" : ": join it first";
    return refuse("NOT_A_MEMBER", `not a member of this room${advice}`);
  },

  "direct-messages": ({ action, room, reach }) =>
    reach === "nobody-willing" && room.kind === "direct" && REACHES_OTHERS.has(action)
      ? refuse("DM_NOT_ALLOWED", "this user takes no direct messages of yours")
      : null,

  muted: ({ action, membership, nowMs }) => {
    const untilMs = membership?.mutedUntilMs ?? null;
    return untilMs !== null && untilMs > nowMs && SPEAKS.has(action)
      ? refuse("MUTED", `muted in this room ${describeEnd(untilMs)}`)
      : null;
  },

  "member-deny": ({ action, membership, nowMs }) => {
    if (!membership || !isPermission(action)) return null;
    const entry = findTimed(membership.deny, action, nowMs);
    return entry
      ? refuse("NOT_PERMITTED", `${action} is denied to this member ${describeEnd(entry.expiresAtMs)}`)
      : null;
  },

  "slow-mode": ({ action, room, membership, lastPost, nowMs }) => {
    if (action !== "post" || room.slowModeMs <= 0 || !lastPost || isExemptFromPace(membership)) return null;
    const waitMs = lastPost.atMs + room.slowModeMs - nowMs;
    // A post from the future means that the clock was wrong then: nobody is to wait for that time.
    if (waitMs <= 0 || lastPost.atMs > nowMs + MAX_OVERTAKEN_MS) return null;
    return {
      ...refuse("SLOW_MODE", `a member may post every ${room.slowModeMs / 1000} s here`),
      retryAfterMs: Math.min(waitMs, room.slowModeMs),
    };
  },

  "required-likes": ({ action, room, membership, lastPost }) =>
    action === "post" && lastPost && !isExemptFromPace(membership) && lastPost.likes < room.requiredLikes
      ? refuse(
          "LIKES_REQUIRED",
          `the last message has reactions of ${lastPost.likes} others and needs ${room.requiredLikes}`,
        )
      : null,

  "member-allow": ({ action, membership, nowMs }) => {
    if (!membership || !isPermission(action)) return null;
    const entry = findTimed(membership.allow, action, nowMs);
    return entry ? allow(`${action} is allowed to this member ${describeEnd(entry.expiresAtMs)}`) : null;
  },

  "room-policy": ({ action, room, membership }) => {
    if (!membership || !isPermission(action)) return null;
    const permits = policyPermits(room, membership.role, action);
    if (permits === null) return null;
    return permits
      ? allow(`this room's policy lets the role ${membership.role} ${action}`)
      : refuse("NOT_PERMITTED", `this room's policy does not let the role ${membership.role} ${action}`);
  },

  "role-default": ({ action, room, membership }) =>
    membership && isPermission(action) && defaultPermits(room.kind, membership.role, action)
      ? allow(`the role ${membership.role} of a ${room.kind} room may ${action}`)
      : null,
};

function isPermission(action: Action): action is Permission {
  return action !== "see" && action !== "join" && action !== "knock";
}

function roomClass(room: RoomAccess): "direct" | "private" | "public" {
  if (room.kind === "direct") return "direct";
  return isPublicRoom(room) ? "public" : "private";
}

/** Members who keep order in the room are exempt from its pace. */
function isExemptFromPace(membership: Membership | null): boolean {
  return membership?.role === "moderator" || membership?.role === "owner";
}

function byJoinRule(action: Action, { joinRule }: RoomAccess): Verdict {
  switch (joinRule) {
    case "open":
      return action === "join"
        ? allow("this room is open to all")
        : refuse("NOT_PERMITTED", "this room is open to all: join it");
    case "knock":
      return action === "knock"
        ? allow("this room lets people knock")
        : refuse("APPROVAL_REQUIRED", "this room asks for approval: knock first");
    case "invite":
      return refuse("INVITE_REQUIRED", "this room is entered by invitation");
    default:
      return joinRule satisfies never;
  }
}
