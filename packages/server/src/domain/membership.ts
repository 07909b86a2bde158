import { type EndMs, hasEnded } from "./expiry.ts";
import { PERMISSIONS, type Permission, type RoleTable, type RoomRole, rolePermits } from "./permissions.ts";

/** Where someone stands with a room. Who left, or was banned, stays on record. */
export type MemberState = "invited" | "knocking" | "joined" | "left" | "banned";

/** A permission given to or taken from one member. */
export interface TimedPermission {
  readonly permission: Permission;
  readonly expiresAtMs: EndMs;
}

/** One person's record in one room, as far as access rules look at it. */
export interface Membership {
  readonly role: RoomRole;
  readonly state: MemberState;
  /** When the membership, invitation or ban ends by itself. */
  readonly expiresAtMs: EndMs;
  /** Null: not muted. */
  readonly mutedUntilMs: number | null;
  readonly allow: readonly TimedPermission[];
  /** Wins over `allow`, and over the role. */
  readonly deny: readonly TimedPermission[];
  /** The room's newest seq at the moment of joining: what came after it is "since joining". */
  readonly joinedSeq: number;
}

/** Where someone stands at this moment: nobody on record, or a record that has ended, has left. */
export function stateNow(membership: Membership | null, nowMs: number): MemberState {
  if (membership === null || hasEnded(membership.expiresAtMs, nowMs)) return "left";
  return membership.state;
}

/** The first moment at which something on a record ends by itself; null: nothing does. */
export function nextEndOf({ expiresAtMs, mutedUntilMs, allow, deny }: Membership): EndMs {
  const ends = [expiresAtMs, mutedUntilMs, ...[...allow, ...deny].map((entry) => entry.expiresAtMs)];
  const known = ends.filter((endMs) => endMs !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** The entry for a permission that lasts longest, of those that have not ended. */
export function findTimed(
  list: readonly TimedPermission[],
  permission: Permission,
  nowMs: number,
): TimedPermission | undefined {
  let longest: TimedPermission | undefined;
  for (const entry of list) {
    if (entry.permission !== permission || hasEnded(entry.expiresAtMs, nowMs)) continue;
    if (entry.expiresAtMs === null) return entry;
    if (!longest || entry.expiresAtMs > (longest.expiresAtMs ?? 0)) longest = entry;
  }
  return longest;
}

/**
 * What a record gives whoever holds it, once they have joined: the role's permissions in this room, with the
 * member's own allowances, less what they are denied. Mutes and the room's pace don't count: they hold
 * someone up, but take nothing away.
 */
export function grantedBy(membership: Membership, room: RoleTable, nowMs: number): ReadonlySet<Permission> {
  if (hasEnded(membership.expiresAtMs, nowMs)) return new Set();
  const { role, allow, deny } = membership;
  return new Set(
    PERMISSIONS.filter(
      (permission) =>
        !findTimed(deny, permission, nowMs) &&
        (findTimed(allow, permission, nowMs) !== undefined || rolePermits(room, role, permission)),
    ),
  );
}

export interface Entry {
  readonly role: RoomRole;
  readonly state: "invited" | "knocking" | "joined";
  readonly expiresAtMs: EndMs;
  readonly joinedSeq: number;
}

/**
 * The record of someone who enters a room, or comes back to it. What was given to them is gone with their
 * leaving; what was held against them is not, or leaving and coming back would lift a mute.
 */
export function enter(previous: Membership | null, entry: Entry): Membership {
  return {
    ...entry,
    allow: [],
    deny: previous?.deny ?? [],
    mutedUntilMs: previous?.mutedUntilMs ?? null,
  };
}
