import type { RoomId, UserId } from "../ids.ts";
import type { Message } from "../messages/message.ts";
import type { Member, Room } from "../rooms/room.ts";
import type { User } from "../users/user.ts";

/** A durable change of a room. `revision` counts them 1, 2, 3… without holes. */
export interface RoomChange {
  readonly roomId: RoomId;
  readonly revision: number;
  /** The user who did it; empty if nobody did, or if it is no longer known. */
  readonly actorId: UserId | "";
  readonly atMs: number;
  readonly change: Change;
}

export type Change =
  /** A message in its current state: new, edited, pinned or deleted. */
  | { readonly kind: "message"; readonly message: Message }
  /** A reaction that was added or removed; without a user, everybody's of this emoji were removed. */
  | {
      readonly kind: "reaction";
      readonly seq: number;
      readonly emoji: string;
      readonly removed: boolean;
      readonly userId: UserId | "";
    }
  | { readonly kind: "member"; readonly member: Member }
  | { readonly kind: "room"; readonly room: Room };

/** Larger rooms hear of nobody who comes, goes or changes: everyone would hear of everyone. */
export const MAX_PRESENCE_MEMBERS = 500;

export type Presence = "online" | "away" | "offline";

/** The users among a room's listeners who get a signal: all but some, or one alone. A block is a wall for signals. */
type Audience = { readonly allBut: readonly UserId[] } | { readonly only: UserId };

export function isAmong(audience: Audience, userId: UserId): boolean {
  return "only" in audience ? audience.only === userId : !audience.allBut.includes(userId);
}

/** A short-lived event. It is never stored, raises no revision and may be lost. */
export type Signal = { readonly userId: UserId; readonly audience: Audience } & (
  | { readonly kind: "read"; readonly roomId: RoomId; readonly readSeq: number }
  /** It ends at `expiresAtMs`, unless another signal comes first. */
  | {
      readonly kind: "typing";
      readonly roomId: RoomId;
      readonly expiresAtMs: number;
    }
  /** A user's presence, for everyone who shares a room with them. Each receives it once. */
  | {
      readonly kind: "presence";
      readonly presence: Presence;
      readonly roomIds: readonly RoomId[];
    }
  /** A user's profile, once it has changed, for everyone who shares a room with them. Each receives it once. */
  | {
      readonly kind: "profile";
      readonly user: User;
      readonly roomIds: readonly RoomId[];
    }
);
