import {
  PERMISSIONS,
  type Permission,
  type RoleTable,
  type RoomRole,
  rolePermits,
} from "../access/permissions.ts";
import { type EndMs, hasEnded } from "../expiry.ts";

/** A user's relation to a room. Members who left or were banned keep a record. */
export type MemberState = "invited" | "knocking" | "joined" | "left" | "banned";

/** A permission given to or taken from one member. */
export interface TimedPermission {
  readonly permission: Permission;
  readonly expiresAtMs: EndMs;
}

/** The fields of a user's record in a room that access rules use. */
export interface Membership {
  readonly role: RoomRole;
  readonly state: MemberState;
  /** The end of the membership, the invitation or the ban. */
  readonly expiresAtMs: EndMs;
  /** Null if not muted. */
  readonly mutedUntilMs: number | null;
  readonly allow: readonly TimedPermission[];
  /** Wins over `allow` and over the role. */
  readonly deny: readonly TimedPermission[];
  /** The room's newest seq when the user joined. History "since joining" starts after it. */
  readonly joinedSeq: number;
}

/** Returns the state at this moment. Without a record, or after its end, the state is `left`. */
export function stateNow(membership: Membership | null, nowMs: number): MemberState {
  if (membership === null || hasEnded(membership.expiresAtMs, nowMs)) return "left";
  return membership.state;
}

/** Returns true if two records are the same. Lists of permissions are sets. */
export function isSameMembership(one: Membership, other: Membership): boolean {
  const plain = (membership: Membership): string => {
    const { role, state, expiresAtMs, mutedUntilMs, allow, deny, joinedSeq } = membership;
    const lists = [allow, deny].map((list) =>
      list.map((entry) => `${entry.permission} ${entry.expiresAtMs}`).sort(),
    );
    return JSON.stringify([role, state, expiresAtMs, mutedUntilMs, lists, joinedSeq]);
  };
  return plain(one) === plain(other);
}

/** Returns the first moment at which any part of a record expires; null if none does. */
export function nextEndOf({ expiresAtMs, mutedUntilMs, allow, deny }: Membership): EndMs {
  const ends = [expiresAtMs, mutedUntilMs, ...[...allow, ...deny].map((entry) => entry.expiresAtMs)];
  const known = ends.filter((endMs) => endMs !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Finds the entry for a permission that lasts longest, among those that have not expired. */
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
 * Returns the permissions that a record gives once its holder has joined: the role's permissions in this room, plus the
 * member's own allowances, minus the denials. Mutes and the room's pace don't count: they delay a member but take no
 * permission away.
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
 * Makes the record of a user who enters a room or comes back. Allowances do not survive leaving; mutes and denials do,
 * or a user could lift a mute by leaving and coming back.
 */
export function enter(previous: Membership | null, entry: Entry): Membership {
  return {
    ...entry,
    allow: [],
    deny: previous?.deny ?? [],
    mutedUntilMs: previous?.mutedUntilMs ?? null,
  };
}
