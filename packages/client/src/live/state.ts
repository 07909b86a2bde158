import type { v1 } from "@confab/protocol";
import { toMessageRecord } from "../messages/convert.ts";
import type { Window } from "../messages/window.ts";
import { toMemberRecord, toRoomRecord } from "../rooms/convert-room.ts";
import type { MemberRecord, RoomRecord } from "./records.ts";

/** The unread messages and mentions. */
export interface Counts {
  readonly unread: number;
  readonly mentions: number;
  /** The counts include every message up to this seq, cached or not, because an answer said so. */
  readonly upToSeq: number;
  /** The counts include every change up to this revision, because an answer said so. */
  readonly upToRevision: number;
}

/** The cached state of a room, made from the stream's frames and from pages of the history. */
export interface RoomState {
  readonly room: RoomRecord;
  readonly self: MemberRecord | null;
  /** Revision of the last event or snapshot; the next stream resumes after it. */
  readonly revision: number;
  /** The seq of the newest message seen. */
  readonly topSeq: number;
  /** Every message up to this seq has been seen, so an event about one is a change. Beyond it, one may be new. */
  readonly settledSeq: number;
  /** All messages from `fromSeq` to `topSeq`; after `settledSeq` some may still be missing. */
  readonly window: Window;
  readonly fromSeq: number;
  readonly readSeq: number;
  /** `topSeq` when the user joined. */
  readonly joinedSeq: number;
  readonly counts: Counts;
  /** The people whom the user blocks or mutes: their messages don't count. */
  readonly silenced: ReadonlySet<string>;
  /** True if the counts or the number of members must be asked for. */
  readonly needsCounts: boolean;
  /** Rises each time a snapshot replaces the state. */
  readonly epoch: number;
  /** Events about messages before `fromSeq` while a page is being read, which may lack them; null otherwise. */
  readonly pageEvents: readonly v1.Event[] | null;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Makes the state from a snapshot. `before` is the state that it replaces. */
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
    joinedSeq: Number(room.self?.joinedSeq ?? 0n),
    counts: { ...ownCounts(room), upToSeq: topSeq, upToRevision: Number(room.revision) },
    silenced: before?.silenced ?? NOBODY,
    needsCounts: false,
    epoch: (before?.epoch ?? 0) + 1,
    pageEvents: null,
  };
}

/** Returns true if the room has messages before the window. */
export function hasOlder({ fromSeq, room }: RoomState): boolean {
  return fromSeq > Math.max(1, room.firstSeq);
}

/** Returns the users whose names a list of rooms shows of this one. */
export function shownUserIds({ room, window }: RoomState): readonly string[] {
  const newest = window.at(-1);
  return newest ? [...room.directUserIds, newest.senderId] : room.directUserIds;
}

/** Returns the user's unread counts in an answer. */
export function ownCounts({ self }: v1.Room): { unread: number; mentions: number } {
  return { unread: Number(self?.unreadCount ?? 0n), mentions: Number(self?.mentionCount ?? 0n) };
}
