/** The permissions in a room, and each role's defaults. */

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

/** In a broadcast room everyone reads, but only moderators and owners post. A direct room has a fixed set of equals. */
export type RoomKind = "direct" | "group" | "broadcast";

/** Roles in a room, from least to most. Each role may do everything that the one before it may. */
export const ROOM_ROLES = ["guest", "member", "moderator", "owner"] as const;

export type RoomRole = (typeof ROOM_ROLES)[number];

/** The fields of a room that decide what its roles may do. */
export interface RoleTable {
  readonly kind: RoomKind;
  /** Permissions of the role `member` that replace the default; empty means the default. */
  readonly memberPermissions: readonly Permission[];
}

const LISTEN = ["read", "react"] as const;
const TALK = ["read", "post", "react", "edit-own", "delete-own"] as const;
const MODERATE = [...TALK, "delete-any", "pin", "mention-all", "invite", "manage-members"] as const;
// All members of a direct room are equal, and nobody can be added or removed.
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

/** Returns a role's default permission in a kind of room, for rooms whose policy does not mention it. */
export function defaultPermits(kind: RoomKind, role: RoomRole, permission: Permission): boolean {
  const permitted: ReadonlySet<Permission> = defaults[kind][role];
  return permitted.has(permission);
}

/**
 * Returns a role's permission by the room's own list of member permissions: true, false, or null to use the default.
 * The list is about members. It keeps the roles in order: guests never get more than members, moderators and owners
 * never less.
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

/** Returns a role's permission in this room, before the exceptions of a single member. */
export function rolePermits(room: RoleTable, role: RoomRole, permission: Permission): boolean {
  return policyPermits(room, role, permission) ?? defaultPermits(room.kind, role, permission);
}
