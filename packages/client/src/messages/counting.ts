import type { v1 } from "@confab/protocol";
import type { MessageRecord } from "../live/records.ts";
import { type Counts, ownCounts, type RoomState } from "../live/state.ts";
import { toMemberRecord, toRoomRecord } from "../rooms/convert-room.ts";
import { dropBefore } from "./window.ts";

/** Counts a new message. */
export function countNew(state: RoomState, message: MessageRecord): Counts {
  const { counts, readSeq } = state;
  const { unread, mentions, upToSeq } = counts;
  const isCounted = message.seq <= upToSeq || message.seq <= readSeq || !canBeUnread(state, message);
  if (isCounted) return counts;
  return { ...counts, unread: unread + 1, mentions: mentions + Number(message.mentionsMe) };
}

/** Moves the read position forward and counts again; sets `needsCounts` if the window lacks messages for it. */
export function moveRead(state: RoomState, readSeq: number): RoomState {
  if (readSeq <= state.readSeq) return state;
  const moved = { ...state, readSeq };
  if (readSeq < state.topSeq && state.fromSeq > readSeq + 1) return { ...moved, needsCounts: true };
  const { settledSeq: upToSeq, revision: upToRevision } = state;
  return { ...moved, counts: { ...countIn(state, readSeq), upToSeq, upToRevision } };
}

/** Counts anew a message that was edited or deleted, at the state's revision; `before` is the cached one. */
export function countChanged(
  state: RoomState,
  before: MessageRecord | undefined,
  after: MessageRecord,
): RoomState {
  const { counts, readSeq, revision } = state;
  if (after.seq <= readSeq || revision <= counts.upToRevision) return state;
  if (!before) return { ...state, needsCounts: true };
  const unread = counts.unread + Number(canBeUnread(state, after)) - Number(canBeUnread(state, before));
  const mentions = counts.mentions + Number(isMention(state, after)) - Number(isMention(state, before));
  return { ...state, counts: { ...counts, unread, mentions } };
}

/** Takes the counts from an answer and adds the messages that are newer than it. */
export function takeCounts(state: RoomState, room: v1.Room): RoomState {
  const self = room.self ? toMemberRecord(room.self) : state.self;
  const answeredSeq = Number(room.lastSeq);
  const { memberCount } = toRoomRecord(room);
  // Events that are newer than the answer may need exact counts again.
  const needsCounts = state.needsCounts && Number(room.revision) < state.revision;
  const known = { ...state, room: { ...state.room, memberCount }, needsCounts };
  const readSeq = self?.readSeq ?? 0;
  // The user has read on since this answer, so its counts are outdated.
  if (readSeq < state.readSeq) return known;
  const answered = ownCounts(room);
  const since = countIn(state, Math.max(answeredSeq, readSeq));
  const counts = {
    unread: answered.unread + since.unread,
    mentions: answered.mentions + since.mentions,
    upToSeq: answeredSeq,
    upToRevision: Number(room.revision),
  };
  return { ...known, self, readSeq, counts };
}

function countIn(state: RoomState, afterSeq: number): { unread: number; mentions: number } {
  const later = dropBefore(state.window, afterSeq + 1);
  const unread = later.filter((message) => canBeUnread(state, message));
  return { unread: unread.length, mentions: unread.filter(({ mentionsMe }) => mentionsMe).length };
}

function isMention(state: RoomState, message: MessageRecord): boolean {
  return canBeUnread(state, message) && message.mentionsMe;
}

/** Returns true for a message that is not deleted, of somebody else whom the user neither blocks nor mutes. */
function canBeUnread({ silenced }: RoomState, { isMine, isDeleted, senderId }: MessageRecord): boolean {
  return !isMine && !isDeleted && !silenced.has(senderId);
}
