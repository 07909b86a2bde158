import type { Membership } from "./membership.ts";
import type { Permission, RoleTable } from "./permissions.ts";

/** How one becomes a member of a public room; a private room is entered by invitation only. */
export type JoinRule = "invite" | "knock" | "open";

export type HistoryVisibility = "full" | "since-join";

/** As much of a room as access rules look at. */
export interface RoomAccess extends RoleTable {
  readonly state: "active" | "deleted";
  /** Everyone can find a public room. A private one does not exist for whoever is not in it. */
  readonly isPublic: boolean;
  readonly joinRule: JoinRule;
  readonly historyVisibility: HistoryVisibility;
  /** Least time between two messages of one member; 0 is off. */
  readonly slowModeMs: number;
  /** Others who must have reacted to a member's last message before the next one; 0 is off. */
  readonly requiredLikes: number;
}

/** A member's newest message in a room: what slow mode and required likes go by. */
export interface LastPost {
  readonly atMs: number;
  /** How many others have reacted to it. */
  readonly likes: number;
}

/** What an actor wants to act on: a room, and how the actor stands with it. */
export interface AccessObject {
  /** Null: there is no room of that id. */
  readonly room: RoomAccess | null;
  readonly membership: Membership | null;
  readonly lastPost: LastPost | null;
  /** In a direct room: someone in it has blocked the actor. */
  readonly isBlocked: boolean;
}

/**
 * What can be asked of a room. Beside the permissions: `see` is knowing that it is there, its title and its
 * size; `join` and `knock` are the two ways of naming oneself.
 */
export type Action = Permission | "see" | "join" | "knock";

/** Whether a room can be found by everyone. A direct room never can. */
export function isPublicRoom({ kind, isPublic }: RoomAccess): boolean {
  return isPublic && kind !== "direct";
}

/** The oldest seq that someone who may read this room may read. Whoever reads it from outside reads it all. */
export function firstReadableSeq(room: RoomAccess, membership: Membership | null): number {
  if (room.historyVisibility === "full" || membership === null) return 1;
  return membership.joinedSeq + 1;
}
