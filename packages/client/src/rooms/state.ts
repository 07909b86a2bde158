import type { v1 } from "@confab/protocol";
import { toMessageRecord } from "./convert-message.ts";
import { toMemberRecord, toRoomRecord } from "./convert-room.ts";
import type { MemberRecord, MessageRecord, RoomRecord } from "./records.ts";
import type { Window } from "./window.ts";

/** What is unread, as far as it has been counted. */
export interface Counts {
  readonly unread: number;
  readonly mentions: number;
  /** Up to here all that is unread is in the counts, whether it has been heard of or not: an answer has said so. */
  readonly upToSeq: number;
}

/** What a client knows of a room that it is in. Made of the frames of the stream alone, and of pages that were read. */
export interface RoomState {
  readonly room: RoomRecord;
  readonly self: MemberRecord | null;
  /** Of the last event or snapshot: where a stream goes on. */
  readonly revision: number;
  /** The newest message that was heard of. */
  readonly topSeq: number;
  /** Up to here every message has been heard of: what comes of these is a change. Beyond it, it may be new. */
  readonly settledSeq: number;
  /** All messages from `fromSeq` to `topSeq`, but for those that are still to come after `settledSeq`. */
  readonly window: Window;
  readonly fromSeq: number;
  readonly readSeq: number;
  readonly counts: Counts;
  /** The counts, or the number of members, can't be told from what is known: ask. */
  readonly needsCounts: boolean;
  /** Rises when what was known was replaced by a snapshot. */
  readonly epoch: number;
  /** While a page is being read: the changes of messages before `fromSeq`, which the page may not have. */
  readonly early: readonly v1.Event[] | null;
}

/** A room as a snapshot has it. `before` is what was known of it, which is forgotten. */
export function fromSnapshot(room: v1.Room, meId: string, before: RoomState | null): RoomState {
  const self = room.self ? toMemberRecord(room.self) : null;
  const newest = room.lastMessage && toMessageRecord(room.lastMessage, { meId, isAnswer: true });
  const topSeq = Number(room.lastSeq);
  return {
    room: toRoomRecord(room),
    self,
    revision: Number(room.revision),
    topSeq,
    settledSeq: topSeq,
    window: newest ? [newest] : [],
    fromSeq: newest ? newest.seq : topSeq + 1,
    readSeq: self?.readSeq ?? 0,
    counts: { ...ownCounts(room), upToSeq: topSeq },
    needsCounts: false,
    epoch: (before?.epoch ?? 0) + 1,
    early: null,
  };
}

/** The newest message that is known. */
export function newestOf(state: RoomState): MessageRecord | null {
  return state.window.at(-1) ?? null;
}

/** Whether there is something before what is known. */
export function hasOlder({ fromSeq, room }: RoomState): boolean {
  return fromSeq > Math.max(1, room.firstSeq);
}

/** What an answer says of what is unread. */
export function ownCounts({ self }: v1.Room): { unread: number; mentions: number } {
  return { unread: Number(self?.unreadCount ?? 0n), mentions: Number(self?.mentionCount ?? 0n) };
}
