import type { v1 } from "@confab/protocol";
import { toMemberRecord, toRoomRecord } from "./convert-room.ts";
import type { MessageRecord } from "./records.ts";
import { type Counts, ownCounts, type RoomState } from "./state.ts";
import { dropBefore, type Window } from "./window.ts";

/** What is unread after a message that is new to the room. */
export function countNew({ counts, readSeq }: RoomState, message: MessageRecord): Counts {
  const { unread, mentions, upToSeq } = counts;
  const isCounted = message.seq <= upToSeq || message.seq <= readSeq || !canBeUnread(message);
  if (isCounted) return counts;
  return { unread: unread + 1, mentions: mentions + Number(message.mentionsMe), upToSeq };
}

/** Who has read up to there. Where it can't be told what is left unread, it has to be asked for. */
export function moveRead(state: RoomState, readSeq: number): RoomState {
  if (readSeq <= state.readSeq) return state;
  const moved = { ...state, readSeq };
  if (readSeq < state.topSeq && state.fromSeq > readSeq + 1) return { ...moved, needsCounts: true };
  return { ...moved, counts: { ...countIn(state.window, readSeq), upToSeq: state.settledSeq } };
}

/** A message was deleted: `before` is how it was known. */
export function countDeleted(state: RoomState, before: MessageRecord | undefined, seq: number): RoomState {
  if (seq <= state.readSeq) return state;
  if (!before) return { ...state, needsCounts: true };
  if (!canBeUnread(before)) return state;
  const { unread, mentions, upToSeq } = state.counts;
  const counts = { unread: unread - 1, mentions: mentions - Number(before.mentionsMe), upToSeq };
  return { ...state, counts };
}

/** Takes exact counts from an answer, with what has come since it was given. */
export function takeCounts(state: RoomState, room: v1.Room): RoomState {
  const self = room.self ? toMemberRecord(room.self) : state.self;
  const answeredSeq = Number(room.lastSeq);
  const { memberCount } = toRoomRecord(room);
  // What has happened since the answer may need counting again.
  const needsCounts = state.needsCounts && Number(room.revision) < state.revision;
  const known = { ...state, room: { ...state.room, memberCount }, needsCounts };
  const readSeq = self?.readSeq ?? 0;
  // An answer from before one has read on is about something else.
  if (readSeq < state.readSeq) return known;
  const answered = ownCounts(room);
  const since = countIn(state.window, Math.max(answeredSeq, readSeq));
  const counts = {
    unread: answered.unread + since.unread,
    mentions: answered.mentions + since.mentions,
    upToSeq: answeredSeq,
  };
  return { ...known, self, readSeq, counts };
}

function countIn(window: Window, afterSeq: number): { unread: number; mentions: number } {
  const unread = dropBefore(window, afterSeq + 1).filter(canBeUnread);
  return { unread: unread.length, mentions: unread.filter(({ mentionsMe }) => mentionsMe).length };
}

/** Unread is what others have said and what still stands. */
function canBeUnread({ isMine, isDeleted }: MessageRecord): boolean {
  return !isMine && !isDeleted;
}
