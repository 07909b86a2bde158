import type { ActorNow } from "../../domain/access/ask.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { RoomChange } from "../../domain/live/changes.ts";
import type { Member, Room, RoomView } from "../../domain/rooms/room.ts";

/** Reads for live streams. Each takes many rooms, because one person may be in thousands. */
export interface FeedStore {
  /** The rooms that a user has joined, is invited to or knocks at. */
  listFeedRooms(query: { userId: UserId; nowMs: number }): Promise<readonly FeedRoom[]>;
  /**
   * Returns the changes by which others have removed the user from these rooms, or banned them. Rooms that the user is in,
   * has left or never was in are left out.
   */
  listRemovals(query: { userId: UserId; roomIds: readonly RoomId[] }): Promise<readonly RoomChange[]>;
  /** Returns, as the actor sees them, the rooms that they have joined, are invited to or knock at. */
  readSnapshots(query: ActorNow & { roomIds: readonly RoomId[] }): Promise<readonly RoomView[]>;
  /**
   * Reads the changes of each room after its cursor, at most `limit` in all, and about `maxBytes`, but at least one. Rooms
   * that don't fit are left out or read in part: ask again from there.
   */
  readChanges(
    query: ActorNow & { cursors: readonly RoomCursor[]; limit: number; maxBytes: number },
  ): Promise<ReadChanges>;
}

interface FeedRoom {
  readonly roomId: RoomId;
  readonly isJoined: boolean;
}

export interface RoomCursor {
  readonly roomId: RoomId;
  readonly revision: number;
}

interface ReadChanges {
  readonly rooms: readonly RoomChanges[];
  /** The number of changes behind which the rest was left out for its bytes; null if all that was read is there. */
  readonly cutAfter: number | null;
}

export type RoomChanges =
  /** The actor has not, or no longer, joined such a room. */
  | { readonly kind: "lost"; readonly roomId: RoomId }
  /** The cursor is ahead of the room, as after the restoring of a backup: only a snapshot helps. */
  | { readonly kind: "ahead"; readonly roomId: RoomId }
  /** The actor may read other messages now, so only a snapshot helps. */
  | { readonly kind: "visibility-changed"; readonly roomId: RoomId }
  /** More than can be sent has changed. */
  | { readonly kind: "too-far"; readonly roomId: RoomId; readonly revision: number }
  | {
      readonly kind: "changes";
      readonly roomId: RoomId;
      /** In the order of their revisions; a thing that changed twice is there once, as it is now. */
      readonly changes: readonly RoomChange[];
      /** All changes up to this revision are there. */
      readonly revision: number;
      /** Nothing was left out for a limit. */
      readonly isComplete: boolean;
      /** Changes up to this revision may be missing, because retention has erased them; 0: none are. */
      readonly erasedRevision: number;
      /** The room and the actor's membership, which decide what the actor may read. */
      readonly room: Room;
      readonly self: Member;
    };
