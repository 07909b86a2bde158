import { ROOM_RULES, type RoomQuestion, roomRules } from "./access-rules.ts";
import { createDecider, type Decision, refuse } from "./decisions.ts";
import { describeEnd } from "./expiry.ts";
import { type Membership, stateNow } from "./membership.ts";
import { PERMISSIONS, type Permission } from "./permissions.ts";
import {
  type AccessObject,
  type Action,
  firstReadableSeq,
  isPublicRoom,
  type RoomAccess,
} from "./room-access.ts";
import { type Account, accountStateNow, roleNow, type SystemRole } from "./system-roles.ts";

/** Every access rule by name, in the order in which they are asked; the first that decides wins. */
export const ACCESS_RULES = ["account-active", "room-visible", ...ROOM_RULES, "nothing-grants"] as const;

export type AccessRuleName = (typeof ACCESS_RULES)[number];

export type AccessDecision = Decision<AccessRuleName>;

const settle = createDecider(ACCESS_RULES);

// One answer for a room that isn't there and one that may not be known of: they can't be told apart.
const HIDDEN = settle("room-visible", refuse("ROOM_NOT_FOUND", "there is no such room"));

/**
 * Whether an actor may do something in a room at a moment, which rule decided, and which were asked before
 * it. A pure function of its arguments.
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

  const { room, membership, lastPost, isBlocked } = object;
  const systemRole = roleNow(actor, nowMs);
  const state = stateNow(membership, nowMs);
  if (!room || !mayKnowOf(room, { systemRole, state })) return HIDDEN;

  const question = { action, systemRole, room, state, membership, lastPost, isBlocked, nowMs };
  for (const rule of ROOM_RULES) {
    const verdict = roomRules[rule](question);
    if (verdict) return settle(rule, verdict);
  }
  return settle("nothing-grants", refuse("NOT_PERMITTED", `nothing grants ${action} in this room`));
}

/**
 * All that an actor may do in a room at a moment, apart from its pace: slow mode and required likes hold a
 * member up, and take nothing away.
 */
export function permissionsOf(actor: Account, object: AccessObject, nowMs: number): ReadonlySet<Permission> {
  const unhurried = { ...object, lastPost: null };
  return new Set(PERMISSIONS.filter((permission) => decide(actor, permission, unhurried, nowMs).allowed));
}

/** The oldest seq that an actor may read of a room at a moment; infinite where they may read none of it. */
export function readableFrom(
  actor: Account,
  { room, membership }: Pick<AccessObject, "room" | "membership">,
  nowMs: number,
): number {
  const { allowed } = decide(actor, "read", { room, membership, lastPost: null, isBlocked: false }, nowMs);
  return allowed && room ? firstReadableSeq(room, membership) : Number.POSITIVE_INFINITY;
}

/** What naming oneself asks of a room: to join it, or to knock where it asks for approval. */
export function wayIn(room: RoomAccess, membership: Membership | null, nowMs: number): "join" | "knock" {
  const state = stateNow(membership, nowMs);
  return room.joinRule === "knock" && state !== "invited" && state !== "joined" ? "knock" : "join";
}

/** A private room does not exist for whoever isn't in it, and to a ban nobody is in. */
function mayKnowOf(
  room: RoomAccess,
  { systemRole, state }: { readonly systemRole: SystemRole; readonly state: RoomQuestion["state"] },
): boolean {
  if (systemRole === "admin" || systemRole === "service") return true;
  if (state === "joined" || state === "invited" || state === "knocking") return true;
  return isPublicRoom(room) && room.state !== "deleted";
}
