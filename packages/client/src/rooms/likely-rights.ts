import type { User } from "../users/user.ts";
import type { Permission, Role, RoomInfo } from "./room-info.ts";

const ranks = { guest: 0, member: 1, moderator: 2, owner: 3 } as const satisfies Record<Role, number>;

/** The least role that has a permission in a group; rooms may give members more. */
const leastRole = {
  read: "guest",
  post: "guest",
  react: "guest",
  "edit-own": "guest",
  "delete-own": "guest",
  invite: "member",
  "delete-any": "moderator",
  pin: "moderator",
  "mention-all": "moderator",
  "manage-members": "moderator",
  "manage-room": "owner",
} as const satisfies Record<Permission, Role>;

/** Permissions that all members of a direct room have, and nobody has others. */
const inDirectRooms: ReadonlySet<Permission> = new Set([
  "read",
  "post",
  "react",
  "edit-own",
  "delete-own",
  "pin",
]);

/** A user, and a room of theirs. */
export interface RightsQuery {
  readonly me: Pick<User, "kind" | "role">;
  readonly room: Pick<RoomInfo, "kind" | "isPublic" | "self"> | null;
}

/**
 * Returns true if a user has a permission in a room, as far as the client knows without asking: for controls to show. The
 * server decides when one is used; `Room.checkAccess` asks it.
 */
export function isLikelyAllowed(permission: Permission, { me, room }: RightsQuery): boolean {
  if (!room) return false;
  if (room.kind === "direct") return inDirectRooms.has(permission);
  if (me.role === "admin" || me.role === "service" || (me.role === "moderator" && room.isPublic)) return true;
  const { self } = room;
  if (!self || self.deny.includes(permission)) return false;
  if (self.allow.includes(permission)) return true;
  const isOfModerators = room.kind === "broadcast" && (permission === "post" || permission === "invite");
  const least: Role = isOfModerators ? "moderator" : leastRole[permission];
  return ranks[self.role] >= ranks[least];
}
