import type { RoomId, UserId } from "./ids.ts";
import type { Labels } from "./labels.ts";
import type { Membership } from "./membership.ts";
import type { Message, Unread } from "./messages.ts";
import type { RoomAccess } from "./room-access.ts";

/** A room as it is stored and as everyone who may know of it sees it. */
export interface Room extends RoomAccess {
  readonly id: RoomId;
  readonly title: string;
  readonly topic: string;
  /** Messages older than this are erased; 0 keeps them. */
  readonly retentionMs: number;
  /** 0: the server's own limit. */
  readonly maxMembers: number;
  readonly labels: Labels;
  /** The newest message's seq. */
  readonly lastSeq: number;
  /** The oldest message's seq that has not been erased by retention. */
  readonly firstSeq: number;
  /** Counts every durable change. */
  readonly revision: number;
  /** How many have joined. */
  readonly memberCount: number;
  /** Counts the changes of the room's own fields: its etag. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** One person's record in one room. */
export interface Member extends Membership {
  readonly roomId: RoomId;
  readonly userId: UserId;
  /** Up to where they have read. */
  readonly readSeq: number;
  /** The room's revision at the record's last change. */
  readonly revision: number;
}

export interface OwnMember extends Member, Unread {}

/** A room as one person sees it. */
export interface RoomView {
  readonly room: Room;
  /** Null for whoever has no record there. */
  readonly self: OwnMember | null;
  /** Null where there is none, or it may not be read. */
  readonly lastMessage: Message | null;
  /** The emoji that they themselves have reacted to it with. */
  readonly lastOwnEmoji: readonly string[];
}
