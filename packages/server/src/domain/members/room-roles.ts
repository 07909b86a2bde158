/** The order of ranks in a room, and the roles that each may grant. */

import type { RoomRole } from "../access/permissions.ts";
import { isPublicRoom, type RoomAccess } from "../access/room-access.ts";
import { type Account, roleNow, type SystemRole } from "../users/system-roles.ts";
import { type Membership, stateNow } from "./membership.ts";

/** A user's rank in a room: none, a role in it, or a system role above it. */
export type Rank = "none" | RoomRole | "service" | "admin";

const ranks = {
  none: 0,
  guest: 1,
  member: 2,
  moderator: 3,
  owner: 4,
  service: 5,
  admin: 6,
} as const satisfies Record<Rank, number>;

// Moderators don't make moderators, because they could not undo it. Owners make owners, so that a room can be handed
// over.
const grantable = {
  none: [],
  guest: ["guest"],
  member: ["guest", "member"],
  moderator: ["guest", "member"],
  owner: ["guest", "member", "moderator", "owner"],
  service: ["guest", "member", "moderator", "owner"],
  admin: ["guest", "member", "moderator", "owner"],
} as const satisfies Record<Rank, readonly RoomRole[]>;

/** Returns true if one stands strictly above the other: nobody moderates their equals. */
export function outranks(one: Rank, other: Rank): boolean {
  return ranks[one] > ranks[other];
}

/** Returns true if this rank may grant this role to others. */
export function mayGrantRole(rank: Rank, role: RoomRole): boolean {
  const roles: readonly RoomRole[] = grantable[rank];
  return roles.includes(role);
}

/** Returns an account's rank in a room. System moderators are moderators of every public room. */
export function rankIn(
  room: RoomAccess,
  { account, membership }: { readonly account: Account; readonly membership: Membership | null },
  nowMs: number,
): Rank {
  const systemRole = roleNow(account, nowMs);
  if (systemRole === "admin" || systemRole === "service") return systemRole;
  const asMember = memberRank(membership, nowMs);
  const moderatesHere = systemRole === "moderator" && isPublicRoom(room);
  return moderatesHere && outranks("moderator", asMember) ? "moderator" : asMember;
}

/** The role of a user who enters a room without an invitation. */
export function entryRole(role: SystemRole): RoomRole {
  return role === "guest" ? "guest" : "member";
}

/** Returns true if users invited by this account become members at once, without accepting. */
export function addsAtOnce(account: Account, nowMs: number): boolean {
  const role = roleNow(account, nowMs);
  return role === "admin" || role === "service";
}

// An invitation counts: a moderator must not undo an owner's invitation of another owner.
function memberRank(membership: Membership | null, nowMs: number): Rank {
  const state = stateNow(membership, nowMs);
  return membership !== null && (state === "joined" || state === "invited") ? membership.role : "none";
}
