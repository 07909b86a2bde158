/** What a room's members may be allowed to do, and what each role is allowed where nobody said otherwise. */

export const PERMISSIONS = [
  "read",
  "post",
  "react",
  "edit-own",
  "delete-own",
  "delete-any",
  "pin",
  "mention-all",
  "invite",
  "manage-members",
  "manage-room",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** Everyone reads a broadcast room, moderators and owners post. A direct room has a fixed set of equals. */
export type RoomKind = "direct" | "group" | "broadcast";

/** What a member is in a room, from least to most: each role may do all that the one before it may. */
export const ROOM_ROLES = ["guest", "member", "moderator", "owner"] as const;

export type RoomRole = (typeof ROOM_ROLES)[number];

/** As much of a room as decides what its roles may do. */
export interface RoleTable {
  readonly kind: RoomKind;
  /** What the role `member` may do instead of the default; empty means the default. */
  readonly memberPermissions: readonly Permission[];
}

const LISTEN = ["read", "react"] as const;
const TALK = ["read", "post", "react", "edit-own", "delete-own"] as const;
const MODERATE = [...TALK, "delete-any", "pin", "mention-all", "invite", "manage-members"] as const;
// Nobody is above another in a direct room, and nobody is added to it or removed from it.
const CONVERSE = [...TALK, "pin"] as const;

const defaults = {
  direct: {
    guest: new Set(TALK),
    member: new Set(CONVERSE),
    moderator: new Set(CONVERSE),
    owner: new Set(CONVERSE),
  },
  group: {
    guest: new Set(TALK),
    member: new Set([...TALK, "invite"]),
    moderator: new Set(MODERATE),
    owner: new Set(PERMISSIONS),
  },
  broadcast: {
    guest: new Set(LISTEN),
    member: new Set(LISTEN),
    moderator: new Set(MODERATE),
    owner: new Set(PERMISSIONS),
  },
} as const satisfies Record<RoomKind, Record<RoomRole, ReadonlySet<Permission>>>;

/** Whether a role may do something in a kind of room where its policy says nothing about it. */
export function defaultPermits(kind: RoomKind, role: RoomRole, permission: Permission): boolean {
  const permitted: ReadonlySet<Permission> = defaults[kind][role];
  return permitted.has(permission);
}

/**
 * What a room's own list of member permissions says about a role: true, false, or null where it leaves the
 * matter to the defaults. The list is about members, and keeps the roles in order: guests never get more
 * than members, moderators and owners never less.
 */
export function policyPermits(room: RoleTable, role: RoomRole, permission: Permission): boolean | null {
  if (room.memberPermissions.length === 0) return null;
  const isListed = room.memberPermissions.includes(permission);
  switch (role) {
    case "guest":
      return isListed && defaultPermits(room.kind, "guest", permission);
    case "member":
      return isListed;
    case "moderator":
    case "owner":
      return isListed ? true : null;
    default:
      return role satisfies never;
  }
}

/** Whether a role may do something in this room, before anything is said about the single member. */
export function rolePermits(room: RoleTable, role: RoomRole, permission: Permission): boolean {
  return policyPermits(room, role, permission) ?? defaultPermits(room.kind, role, permission);
}
