import type { RoomChange } from "../../domain/changes.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { Member, Room, RoomView } from "../../domain/rooms.ts";
import type { Actor } from "./outcomes.ts";

/** What live streams read: many rooms with each query, because one person may be in thousands. */
export interface FeedStore {
  /** The rooms that a user has joined, is invited to or knocks at. */
  listFeedRooms(query: { userId: UserId; nowMs: number }): Promise<readonly FeedRoom[]>;
  /** Those of the rooms that the actor has joined, is invited to or knocks at, as they see them. */
  readSnapshots(query: {
    actor: Actor;
    roomIds: readonly RoomId[];
    nowMs: number;
  }): Promise<readonly RoomView[]>;
  /**
   * What has changed in each room after its cursor. Rooms that all together have changed more than `limit` times
   * are left out, or read in part: whoever asks goes on from there.
   */
  readChanges(query: {
    actor: Actor;
    cursors: readonly RoomCursor[];
    limit: number;
    nowMs: number;
  }): Promise<readonly RoomChanges[]>;
}

export interface FeedRoom {
  readonly roomId: RoomId;
  readonly isJoined: boolean;
}

export interface RoomCursor {
  readonly roomId: RoomId;
  readonly revision: number;
}

export type RoomChanges =
  /** The actor has not, or no longer, joined such a room. */
  | { readonly kind: "lost"; readonly roomId: RoomId }
  /** The cursor is ahead of the room, as after the restoring of a backup: only a snapshot helps. */
  | { readonly kind: "ahead"; readonly roomId: RoomId }
  /** What the actor may read may have changed, and with it what is to be sent: only a snapshot helps. */
  | { readonly kind: "sight-changed"; readonly roomId: RoomId }
  /** More than can be sent has changed. */
  | { readonly kind: "too-far"; readonly roomId: RoomId; readonly revision: number }
  | {
      readonly kind: "changes";
      readonly roomId: RoomId;
      /** In the order of their revisions; a thing that changed twice is there once, as it is now. */
      readonly changes: readonly RoomChange[];
      /** All changes up to this revision are there. */
      readonly revision: number;
      /** Nothing was left out for the limit. */
      readonly isComplete: boolean;
      /** What retention has erased up to this revision can't be there; 0: nothing after the cursor. */
      readonly erasedRevision: number;
      /** What decides what the actor may read of this room. */
      readonly room: Room;
      readonly self: Member;
    };
