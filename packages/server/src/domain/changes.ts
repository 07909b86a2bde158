import type { RoomId, UserId } from "./ids.ts";
import type { Message } from "./messages.ts";
import type { Member, Room } from "./rooms.ts";

/** A durable change of a room; `revision` counts them 1, 2, 3… without holes. */
export interface RoomChange {
  readonly roomId: RoomId;
  readonly revision: number;
  /** Who did it; empty where nobody did, or nobody remembers. */
  readonly actorId: UserId | "";
  readonly atMs: number;
  readonly change: Change;
}

export type Change =
  /** A message as it stands now: new, edited, pinned or deleted. */
  | { readonly kind: "message"; readonly message: Message }
  /** A reaction of the actor's, given or taken back. */
  | { readonly kind: "reaction"; readonly seq: number; readonly emoji: string; readonly removed: boolean }
  | { readonly kind: "member"; readonly member: Member }
  | { readonly kind: "room"; readonly room: Room };

export type Presence = "online" | "away" | "offline";

/** What happens and is never stored as a change: it raises no revision, and may be lost. */
export type Signal =
  | { readonly kind: "read"; readonly roomId: RoomId; readonly userId: UserId; readonly readSeq: number }
  /** `expiresAtMs`: when it ends if nobody says otherwise. */
  | {
      readonly kind: "typing";
      readonly roomId: RoomId;
      readonly userId: UserId;
      readonly expiresAtMs: number;
    }
  /** Whether someone is there, for those who share a room with them: each is told once. */
  | {
      readonly kind: "presence";
      readonly userId: UserId;
      readonly presence: Presence;
      readonly roomIds: readonly RoomId[];
    };
