import type { v1 } from "@confab/protocol";
import { toMessageRecord } from "./convert-message.ts";
import { toMemberRecord, toRoomRecord } from "./convert-room.ts";
import { countDeleted, countNew, moveRead } from "./counting.ts";
import { withEdits } from "./edits.ts";
import type { Reaction } from "./message.ts";
import type { MemberRecord, MessageRecord } from "./records.ts";
import type { RoomState } from "./state.ts";
import { dropBefore, find, put, type Window } from "./window.ts";

/** How much is remembered while a page is read; with more, the page is read again. */
export const MAX_EARLY = 1_000;

/** What an event has changed, for those who follow the room's changes. */
export type Change =
  | { readonly kind: "message" | "edited" | "deleted"; readonly message: MessageRecord }
  | {
      readonly kind: "reaction";
      readonly seq: number;
      readonly emoji: string;
      readonly userId: string;
      readonly isRemoved: boolean;
    }
  | { readonly kind: "member"; readonly member: MemberRecord; readonly actorId: string }
  | { readonly kind: "room" };

/** What has become of a room by an event, and what it was; null for what has come before, and what changes nothing. */
export interface Reduced {
  readonly state: RoomState;
  readonly change: Change | null;
}

/** Applies an event of the room: the only way in which what happens gets into its state. */
export function reduce(state: RoomState, event: v1.Event, meId: string): Reduced {
  const revision = Number(event.revision);
  const { change } = event;
  if (change.case === "readCursor") {
    const { userId, readSeq } = change.value;
    return { state: userId === meId ? moveRead(state, Number(readSeq)) : state, change: null };
  }
  if (revision <= state.revision) return { state, change: null };
  const reached = { ...state, revision };
  switch (change.case) {
    case "message":
      return reduceMessage(reached, toMessageRecord(change.value, { meId, isAnswer: false }), event);
    case "reaction":
      return reduceReaction(reached, event, { ...change.value, isMine: event.actorId === meId });
    case "member": {
      const member = toMemberRecord(change.value);
      const self = member.userId === meId ? member : reached.self;
      const changed: Change = { kind: "member", member, actorId: event.actorId };
      return { state: { ...reached, self, needsCounts: true }, change: changed };
    }
    case "room":
      return { state: reduceRoom(reached, change.value), change: { kind: "room" } };
    default:
      return { state: reached, change: null };
  }
}

/** Everything that was missed has come: no message is still to come that others came before. */
export function settle(state: RoomState): RoomState {
  return state.settledSeq === state.topSeq ? state : { ...state, settledSeq: state.topSeq };
}

function reduceMessage(state: RoomState, message: MessageRecord, event: v1.Event): Reduced {
  const { seq } = message;
  const known = find(state.window, seq);
  const isNew = seq > state.topSeq || (seq > state.settledSeq && !known);
  const kind = message.isDeleted ? "deleted" : isNew ? "message" : "edited";
  const change: Change = { kind, message };
  if (isNew) {
    const window = put(state.window, message);
    const counts = countNew(state, message);
    const topSeq = Math.max(state.topSeq, seq);
    return { state: settleOn({ ...state, window, counts, topSeq }), change };
  }
  const counted = message.isDeleted ? countDeleted(state, known, seq) : state;
  if (seq < state.fromSeq) return { state: remember(counted, event), change };
  const told = withEdits(message, known);
  const window = put(state.window, withOwnReactions(told, known));
  return { state: { ...counted, window }, change: { kind, message: told } };
}

/** An event doesn't say which reactions are one's own: what was known of them still holds. */
function withOwnReactions(message: MessageRecord, known: MessageRecord | undefined): MessageRecord {
  if (!known || message.isSure) return message;
  const own = new Set(known.reactions.filter(({ isMine }) => isMine).map(({ emoji }) => emoji));
  const reactions = message.reactions.map((reaction) => ({ ...reaction, isMine: own.has(reaction.emoji) }));
  const isSame = reactions.every(
    ({ emoji, count }, index) =>
      known.reactions[index]?.emoji === emoji && known.reactions[index]?.count === count,
  );
  return { ...message, reactions, isSure: known.isSure && isSame };
}

interface ReactionChange {
  readonly messageSeq: bigint;
  readonly emoji: string;
  readonly removed: boolean;
  readonly isMine: boolean;
}

function reduceReaction(state: RoomState, event: v1.Event, reaction: ReactionChange): Reduced {
  const seq = Number(reaction.messageSeq);
  const { emoji, removed: isRemoved } = reaction;
  const change: Change = { kind: "reaction", seq, emoji, userId: event.actorId, isRemoved };
  if (seq < state.fromSeq) return { state: remember(state, event), change };
  return { state: { ...state, window: react(state.window, state.revision, reaction) }, change };
}

/** What was read of the history meanwhile may have the reaction already. */
function react(window: Window, revision: number, { messageSeq, ...reaction }: ReactionChange): Window {
  const message = find(window, Number(messageSeq));
  if (!message || message.revision >= revision) return window;
  return put(window, { ...message, revision, reactions: withReaction(message.reactions, reaction) });
}

function withReaction(
  reactions: readonly Reaction[],
  { emoji, removed, isMine }: Omit<ReactionChange, "messageSeq">,
): readonly Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if (!known) return removed ? reactions : [...reactions, { emoji, count: 1, isMine }];
  const changed = {
    emoji,
    count: known.count + (removed ? -1 : 1),
    isMine: isMine ? !removed : known.isMine,
  };
  return reactions.flatMap((reaction) => (reaction !== known ? reaction : changed.count > 0 ? changed : []));
}

function reduceRoom(state: RoomState, room: v1.Room): RoomState {
  const record = toRoomRecord(room);
  const { firstSeq } = record;
  return {
    ...state,
    room: record,
    window: dropBefore(state.window, firstSeq),
    settledSeq: Math.max(state.settledSeq, Math.min(firstSeq - 1, state.topSeq)),
  };
}

/** Moves the mark of what is complete as far as there is no hole. */
function settleOn(state: RoomState): RoomState {
  let { settledSeq } = state;
  if (state.topSeq === settledSeq + 1) return { ...state, settledSeq: state.topSeq };
  while (settledSeq < state.topSeq && find(state.window, settledSeq + 1)) settledSeq++;
  return { ...state, settledSeq };
}

function remember(state: RoomState, event: v1.Event): RoomState {
  if (!state.early || state.early.length > MAX_EARLY) return state;
  return { ...state, early: [...state.early, event] };
}

/** A page of the history was asked for: what happens from now on may not be in it. */
export function beginPage(state: RoomState): RoomState {
  return { ...state, early: [] };
}

/** There is no page after all. */
export function endPage(state: RoomState): RoomState {
  return { ...state, early: null };
}

/** A page that was read. */
export interface Page {
  readonly messages: readonly MessageRecord[];
  /** Whether there is more before it. */
  readonly hasMore: boolean;
}

/** Adds the page of messages before those that are known, as they are after what has happened meanwhile. */
export function addPage(state: RoomState, { messages, hasMore }: Page, meId: string): RoomState {
  let window = state.window;
  for (const message of messages) window = put(window, message);
  for (const { change, revision, actorId } of state.early ?? []) {
    if (change.case === "message") {
      const message = toMessageRecord(change.value, { meId, isAnswer: false });
      const known = find(window, message.seq);
      if (known) window = put(window, withOwnReactions(message, known));
    } else if (change.case === "reaction") {
      window = react(window, Number(revision), { ...change.value, isMine: actorId === meId });
    }
  }
  const lowest = window[0]?.seq ?? state.fromSeq;
  return { ...state, window, early: null, fromSeq: hasMore ? Math.min(lowest, state.fromSeq) : 1 };
}

/** Puts in what answers have told: newer states of what is known, and what is still to come. */
export function learn(state: RoomState, messages: readonly MessageRecord[]): RoomState {
  let { window } = state;
  for (const message of messages) if (message.seq >= state.fromSeq) window = put(window, message);
  return window === state.window ? state : { ...state, window };
}

/** Forgets the oldest messages where there are more than so many. */
export function trim(state: RoomState, maxMessages: number): RoomState {
  if (state.window.length <= maxMessages) return state;
  const cut = state.window.at(-maxMessages)?.seq ?? state.fromSeq;
  const fromSeq = Math.min(cut, state.settledSeq + 1);
  return fromSeq <= state.fromSeq ? state : { ...state, window: dropBefore(state.window, fromSeq), fromSeq };
}
