import { describeEnd } from "../expiry.ts";
import { type Membership, stateNow } from "../members/membership.ts";
import { type Account, accountStateNow, roleNow, type SystemRole } from "../users/system-roles.ts";
import { ROOM_RULES, type RoomQuestion, roomRules } from "./access-rules.ts";
import { createDecider, type Decision, refuse } from "./decisions.ts";
import { PERMISSIONS, type Permission } from "./permissions.ts";
import {
  type AccessObject,
  type Action,
  firstReadableSeq,
  isPublicRoom,
  type RoomAccess,
} from "./room-access.ts";

/** The names of all access rules in order; the first that decides wins. */
export const ACCESS_RULES = ["account-active", "room-visible", ...ROOM_RULES, "nothing-grants"] as const;

export type AccessRuleName = (typeof ACCESS_RULES)[number];

export type AccessDecision = Decision<AccessRuleName>;

const settle = createDecider(ACCESS_RULES);

// A missing room and a hidden room get the same answer, so that nobody can tell them apart.
const HIDDEN = settle("room-visible", refuse("ROOM_NOT_FOUND", "there is no such room"));

/**
 * Decides if an actor may do something in a room at a moment. The result names the rule that decided and the rules
 * before it. A pure function of its arguments.
 */
export function decide(actor: Account, action: Action, object: AccessObject, nowMs: number): AccessDecision {
  const account = accountStateNow(actor, nowMs);
  if (account.kind === "suspended") {
    return settle(
      "account-active",
      refuse("SUSPENDED", `this account is suspended ${describeEnd(account.untilMs)}`),
    );
  }
  if (account.kind === "erased") {
    return settle("account-active", refuse("USER_NOT_FOUND", "this account no longer exists"));
  }

  const { room, membership, lastPost, reach } = object;
  const systemRole = roleNow(actor, nowMs);
  const state = stateNow(membership, nowMs);
  if (!room || !mayKnowOf(room, { systemRole, state })) return HIDDEN;

  const question = { action, systemRole, room, state, membership, lastPost, reach, nowMs };
  for (const rule of ROOM_RULES) {
    const verdict = roomRules[rule](question);
    if (verdict) return settle(rule, verdict);
  }
  const permission = action.replace("-", "_").toUpperCase();
  return settle(
    "nothing-grants",
    refuse("NOT_PERMITTED", `this takes the permission ${permission}, which is not given in this room`),
  );
}

/**
 * Returns everything that an actor may do in a room at a moment. It ignores the room's pace: slow mode and required
 * likes delay a member but take no permission away.
 */
export function permissionsOf(actor: Account, object: AccessObject, nowMs: number): ReadonlySet<Permission> {
  const unhurried = { ...object, lastPost: null };
  return new Set(PERMISSIONS.filter((permission) => decide(actor, permission, unhurried, nowMs).allowed));
}

/** Returns the oldest seq that an actor may read in a room at a moment; infinity if they may read nothing. */
export function readableFrom(
  actor: Account,
  { room, membership }: Pick<AccessObject, "room" | "membership">,
  nowMs: number,
): number {
  const { allowed } = decide(actor, "read", { room, membership, lastPost: null, reach: "someone" }, nowMs);
  return allowed && room ? firstReadableSeq(room, membership) : Number.POSITIVE_INFINITY;
}

/** Returns the way into a room: joining, or knocking if the room asks for approval. */
export function wayIn(room: RoomAccess, membership: Membership | null, nowMs: number): "join" | "knock" {
  const state = stateNow(membership, nowMs);
  return room.joinRule === "knock" && state !== "invited" && state !== "joined" ? "knock" : "join";
}

/** A private room does not exist for users outside it. A banned user is outside every room that bans them. */
function mayKnowOf(
  room: RoomAccess,
  { systemRole, state }: { readonly systemRole: SystemRole; readonly state: RoomQuestion["state"] },
): boolean {
  if (systemRole === "admin" || systemRole === "service") return true;
  if (state === "joined" || state === "invited" || state === "knocking") return true;
  return isPublicRoom(room) && room.state !== "deleted";
}
