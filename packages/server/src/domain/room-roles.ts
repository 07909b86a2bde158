/** Who stands above whom in a room, and who may hand out which role. */

import { type Membership, stateNow } from "./membership.ts";
import type { RoomRole } from "./permissions.ts";
import { isPublicRoom, type RoomAccess } from "./room-access.ts";
import { type Account, roleNow, type SystemRole } from "./system-roles.ts";

/** How high someone stands in a room: not in it at all, by their role in it, or by their system role. */
export type Standing = "none" | RoomRole | "service" | "admin";

const heights = {
  none: 0,
  guest: 1,
  member: 2,
  moderator: 3,
  owner: 4,
  service: 5,
  admin: 6,
} as const satisfies Record<Standing, number>;

// Moderators don't make moderators: they could not undo it. Owners make owners, or a room could not be
// handed over.
const grantable = {
  none: [],
  guest: ["guest"],
  member: ["guest", "member"],
  moderator: ["guest", "member"],
  owner: ["guest", "member", "moderator", "owner"],
  service: ["guest", "member", "moderator", "owner"],
  admin: ["guest", "member", "moderator", "owner"],
} as const satisfies Record<Standing, readonly RoomRole[]>;

/** Whether one stands strictly above the other: nobody moderates their equals. */
export function outranks(one: Standing, other: Standing): boolean {
  return heights[one] > heights[other];
}

/** Whether someone of this standing may give others this role. */
export function mayGrantRole(standing: Standing, role: RoomRole): boolean {
  const roles: readonly RoomRole[] = grantable[standing];
  return roles.includes(role);
}

/** How high an account stands in a room. System moderators are moderators of every public room. */
export function standingIn(
  room: RoomAccess,
  { account, membership }: { readonly account: Account; readonly membership: Membership | null },
  nowMs: number,
): Standing {
  const systemRole = roleNow(account, nowMs);
  if (systemRole === "admin" || systemRole === "service") return systemRole;
  const asMember = standingOfMember(membership, nowMs);
  const moderatesHere = systemRole === "moderator" && isPublicRoom(room);
  return moderatesHere && outranks("moderator", asMember) ? "moderator" : asMember;
}

/** The role with which someone enters a room on their own. */
export function entryRole(role: SystemRole): RoomRole {
  return role === "guest" ? "guest" : "member";
}

/** Whether those whom this account invites are members at once, without accepting. */
export function addsAtOnce(account: Account, nowMs: number): boolean {
  const role = roleNow(account, nowMs);
  return role === "admin" || role === "service";
}

// An invitation counts: a moderator does not undo an owner's invitation of an owner.
function standingOfMember(membership: Membership | null, nowMs: number): Standing {
  const state = stateNow(membership, nowMs);
  return membership !== null && (state === "joined" || state === "invited") ? membership.role : "none";
}
