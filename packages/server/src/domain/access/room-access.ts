import type { Membership } from "../members/membership.ts";
import type { Permission, RoleTable } from "./permissions.ts";

/** The way to become a member of a public room. A private room is entered by invitation only. */
export type JoinRule = "invite" | "knock" | "open";

export type HistoryVisibility = "full" | "since-join";

/** The fields of a room that access rules use. */
export interface RoomAccess extends RoleTable {
  readonly state: "active" | "deleted";
  /** Everyone can find a public room. A private room does not exist for users outside it. */
  readonly isPublic: boolean;
  readonly joinRule: JoinRule;
  readonly historyVisibility: HistoryVisibility;
  /** The least time between two messages of one member; 0 is off. */
  readonly slowModeMs: number;
  /** The number of other members who must react to a member's last message before the next one; 0 is off. */
  readonly requiredLikes: number;
}

/** A member's newest message in a room, for slow mode and required likes. */
export interface LastPost {
  readonly atMs: number;
  /** The number of other members who have reacted to it. */
  readonly likes: number;
}

/** The people whom a message would reach: someone, nobody who is willing to get it, or nobody since all others are erased. */
export type Reach = "someone" | "nobody-willing" | "nobody-left";

/** The room that an actor wants to act on, with the actor's membership. */
export interface AccessObject {
  /** Null if there is no room with that id. */
  readonly room: RoomAccess | null;
  readonly membership: Membership | null;
  readonly lastPost: LastPost | null;
  /** The reach of the actor's messages in a direct room. Other rooms reach someone. */
  readonly reach: Reach;
}

/**
 * An action on a room. Besides the permissions: `see` means knowing that the room exists, with its title and size;
 * `join` and `knock` are the two ways in.
 */
export type Action = Permission | "see" | "join" | "knock";

/** Returns true if everyone can find the room. Nobody can find a direct room. */
export function isPublicRoom({ kind, isPublic }: RoomAccess): boolean {
  return isPublic && kind !== "direct";
}

/** The oldest seq for a user who may read this room. A reader from outside may read all of it. */
export function firstReadableSeq(room: RoomAccess, membership: Membership | null): number {
  if (room.historyVisibility === "full" || membership === null) return 1;
  return membership.joinedSeq + 1;
}
