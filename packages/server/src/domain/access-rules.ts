import { allow, refuse, type Verdict } from "./decisions.ts";
import { describeEnd } from "./expiry.ts";
import { findTimed, type MemberState, type Membership } from "./membership.ts";
import { defaultPermits, type Permission, policyPermits } from "./permissions.ts";
import {
  type AccessObject,
  type Action,
  isPublicRoom,
  type LastPost,
  type RoomAccess,
} from "./room-access.ts";
import type { SystemRole } from "./system-roles.ts";

/**
 * The rules of a room, in the order in which they are asked; the first that decides wins. Bans stand before
 * everything that lets in, and sanctions before everything that grants.
 */
export const ROOM_RULES = [
  "room-deleted",
  "direct-room",
  "system-role",
  "banned",
  "room-seen",
  "joined-already",
  "invited",
  "join-rule",
  "membership",
  "blocked",
  "muted",
  "member-deny",
  "slow-mode",
  "required-likes",
  "member-allow",
  "room-policy",
  "role-default",
] as const;

export type RoomRule = (typeof ROOM_RULES)[number];

/** A question about a room that the actor may know of. */
export interface RoomQuestion {
  readonly action: Action;
  readonly systemRole: SystemRole;
  readonly room: RoomAccess;
  readonly state: MemberState;
  readonly membership: Membership | null;
  readonly lastPost: LastPost | null;
  readonly isBlocked: AccessObject["isBlocked"];
  readonly nowMs: number;
}

type RuleOf = (question: RoomQuestion) => Verdict;

const NAMES_ONESELF: ReadonlySet<Action> = new Set(["join", "knock"]);
const CHANGES_WHO_IS_IN: ReadonlySet<Action> = new Set(["join", "knock", "invite"]);
// Editing an old message and mentioning everyone are ways to speak.
const SPEAKS: ReadonlySet<Action> = new Set(["post", "react", "edit-own", "mention-all"]);

type SystemGrant = "everything" | ReadonlySet<Action>;

const NOTHING: SystemGrant = new Set();
const KEEPS_ORDER: SystemGrant = new Set(["see", "read", "delete-any", "manage-members"]);
// Reports can be acted upon; what people write to each other stays between them.
const KEEPS_ORDER_UNREAD: SystemGrant = new Set(["see", "delete-any", "manage-members", "manage-room"]);

/** What a system role may do in rooms that it is no member of. */
const systemGrants = {
  guest: { direct: NOTHING, private: NOTHING, public: NOTHING },
  user: { direct: NOTHING, private: NOTHING, public: NOTHING },
  moderator: { direct: NOTHING, private: NOTHING, public: KEEPS_ORDER },
  admin: { direct: KEEPS_ORDER_UNREAD, private: "everything", public: "everything" },
  service: { direct: "everything", private: "everything", public: "everything" },
} as const satisfies Record<SystemRole, Record<"direct" | "private" | "public", SystemGrant>>;

export const roomRules = {
  "room-deleted": ({ room }) =>
    room.state === "deleted" ? refuse("ROOM_DELETED", "this room has been deleted") : null,

  "direct-room": ({ action, room }) =>
    room.kind === "direct" && CHANGES_WHO_IS_IN.has(action)
      ? refuse("NOT_PERMITTED", "a direct room stays among those it was opened for: open another")
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
    NAMES_ONESELF.has(action) && state === "joined" ? allow("a member already") : null,

  invited: ({ action, state }) =>
    NAMES_ONESELF.has(action) && state === "invited" ? allow("invited") : null,

  "join-rule": ({ action, room }) => (NAMES_ONESELF.has(action) ? byJoinRule(action, room) : null),

  membership: ({ state, room }) => {
    if (state === "joined") return null;
    const advice = room.kind === "direct" ? "" : ": join it first";
    return refuse("NOT_A_MEMBER", `not a member of this room${advice}`);
  },

  blocked: ({ action, room, isBlocked }) =>
    isBlocked && room.kind === "direct" && SPEAKS.has(action)
      ? refuse("DM_NOT_ALLOWED", "this user takes no direct messages")
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
    if (action !== "post" || room.slowModeMs <= 0 || !lastPost || isPaceSetter(membership)) return null;
    const waitMs = lastPost.atMs + room.slowModeMs - nowMs;
    if (waitMs <= 0) return null;
    return {
      ...refuse("SLOW_MODE", `a member may post every ${room.slowModeMs / 1000} s here`),
      // The clock may have been set back since the last post.
      retryAfterMs: Math.min(waitMs, room.slowModeMs),
    };
  },

  "required-likes": ({ action, room, membership, lastPost }) =>
    action === "post" && lastPost && !isPaceSetter(membership) && lastPost.likes < room.requiredLikes
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
} as const satisfies Record<RoomRule, RuleOf>;

function isPermission(action: Action): action is Permission {
  return action !== "see" && action !== "join" && action !== "knock";
}

function roomClass(room: RoomAccess): "direct" | "private" | "public" {
  if (room.kind === "direct") return "direct";
  return isPublicRoom(room) ? "public" : "private";
}

/** Whoever keeps a room's order is not slowed down by it. */
function isPaceSetter(membership: Membership | null): boolean {
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
