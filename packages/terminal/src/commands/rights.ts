import type { Permission, Role, RoomInfo, User } from "@confab/client";
import type { CommandHelp } from "./commands.ts";

/** The user, and the room that is open. */
export interface Situation {
  readonly me: Pick<User, "kind" | "role">;
  readonly room: Pick<RoomInfo, "kind" | "isPublic" | "self"> | null;
}

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

/**
 * Returns true if a command is worth offering: the user's role permits it, as far as it is known here. The server decides
 * when it is used.
 */
export function isOffered({ needs, isAboutRoom, needsAccount }: CommandHelp, situation: Situation): boolean {
  if (needsAccount && situation.me.kind === "guest") return false;
  if (isAboutRoom && !situation.room) return false;
  return needs === undefined || mayHere(needs, situation);
}

/** Returns true if the user has a permission in the open room, as far as it is known here. */
export function mayHere(permission: Permission, { me, room }: Situation): boolean {
  if (!room) return false;
  if (room.kind === "direct") return inDirectRooms.has(permission);
  if (me.role === "admin" || me.role === "service" || (me.role === "moderator" && room.isPublic)) return true;
  const { self } = room;
  if (!self || self.deny.includes(permission)) return false;
  if (self.allow.includes(permission)) return true;
  const least: Role =
    room.kind === "broadcast" && permission === "invite" ? "moderator" : leastRole[permission];
  return ranks[self.role] >= ranks[least];
}
