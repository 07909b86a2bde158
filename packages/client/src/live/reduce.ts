import type { v1 } from "@confab/protocol";
import { toMessageRecord } from "../messages/convert.ts";
import { countChanged, countNew, moveRead } from "../messages/counting.ts";
import { withEdits } from "../messages/edits.ts";
import { react, withOwnReactions } from "../messages/reactions.ts";
import { dropBefore, find, put } from "../messages/window.ts";
import { toMemberRecord, toRoomRecord } from "../rooms/convert-room.ts";
import type { MemberRecord, MessageRecord } from "./records.ts";
import type { ReactionChange } from "./room-event.ts";
import type { RoomState } from "./state.ts";

/** Most events kept while a page is read; beyond it, the page is read again. */
export const MAX_PAGE_EVENTS = 1_000;

/** The effect of an event, for readers of `Room.changes`. */
export type Change =
  | { readonly kind: "message" | "updated" | "deleted"; readonly message: MessageRecord }
  | { readonly kind: "reaction"; readonly seq: number; readonly reaction: ReactionChange }
  | { readonly kind: "member"; readonly member: MemberRecord; readonly actorId: string }
  | { readonly kind: "room" };

/** The state after an event, and its effect; null for an event that was seen before or changes nothing. */
interface Reduced {
  readonly state: RoomState;
  readonly change: Change | null;
}

/** Applies an event of the room. Events reach the state in no other way. */
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
      return reduceReaction(reached, event, change.value, meId);
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

/** Marks all messages up to the newest as settled, once everything that was missed has arrived. */
export function settle(state: RoomState): RoomState {
  return state.settledSeq === state.topSeq ? state : { ...state, settledSeq: state.topSeq };
}

function reduceMessage(state: RoomState, message: MessageRecord, event: v1.Event): Reduced {
  const { seq } = message;
  const known = find(state.window, seq);
  const isNew = seq > state.topSeq || (seq > state.settledSeq && !known);
  const kind = message.isDeleted ? "deleted" : isNew ? "message" : "updated";
  const change: Change = { kind, message };
  if (isNew) {
    const window = put(state.window, message);
    const counts = countNew(state, message);
    const topSeq = Math.max(state.topSeq, seq);
    return { state: settleOn({ ...state, window, counts, topSeq }), change };
  }
  const counted = countChanged(state, known, message);
  if (seq < state.fromSeq) return { state: keepForPage(counted, event), change };
  const edited = withEdits(message, known);
  const window = put(state.window, withOwnReactions(edited, known));
  return { state: { ...counted, window }, change: { kind, message: edited } };
}

function reduceReaction(
  state: RoomState,
  event: v1.Event,
  reaction: v1.ReactionChange,
  meId: string,
): Reduced {
  const seq = Number(reaction.messageSeq);
  const { emoji, removed: isRemoved, userId } = reaction;
  const change: Change = { kind: "reaction", seq, reaction: { emoji, userId: userId || null, isRemoved } };
  if (seq < state.fromSeq) return { state: keepForPage(state, event), change };
  return { state: { ...state, window: react(state.window, state.revision, reaction, meId) }, change };
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

/** Advances `settledSeq` over the messages without a gap. */
function settleOn(state: RoomState): RoomState {
  let { settledSeq } = state;
  if (state.topSeq === settledSeq + 1) return { ...state, settledSeq: state.topSeq };
  while (settledSeq < state.topSeq && find(state.window, settledSeq + 1)) settledSeq++;
  return { ...state, settledSeq };
}

function keepForPage(state: RoomState, event: v1.Event): RoomState {
  if (!state.pageEvents || state.pageEvents.length > MAX_PAGE_EVENTS) return state;
  return { ...state, pageEvents: [...state.pageEvents, event] };
}

/** Starts to keep events for a page that is being read, which may lack them. */
export function beginPage(state: RoomState): RoomState {
  return { ...state, pageEvents: [] };
}

/** Stops keeping events, because the page failed. */
export function endPage(state: RoomState): RoomState {
  return { ...state, pageEvents: null };
}

interface Page {
  readonly messages: readonly MessageRecord[];
  /** True if older messages exist. */
  readonly hasMore: boolean;
}

/** Adds an older page to the window and applies the events that arrived while it was read. */
export function addPage(state: RoomState, { messages, hasMore }: Page, meId: string): RoomState {
  let window = state.window;
  for (const message of messages) window = put(window, message);
  for (const { change, revision } of state.pageEvents ?? []) {
    if (change.case === "message") {
      const message = toMessageRecord(change.value, { meId, isAnswer: false });
      const known = find(window, message.seq);
      if (known) window = put(window, withOwnReactions(message, known));
    } else if (change.case === "reaction") {
      window = react(window, Number(revision), change.value, meId);
    }
  }
  const lowest = window[0]?.seq ?? state.fromSeq;
  return { ...state, window, pageEvents: null, fromSeq: hasMore ? Math.min(lowest, state.fromSeq) : 1 };
}

/** Merges messages from answers into the window. */
export function mergeMessages(state: RoomState, messages: readonly MessageRecord[]): RoomState {
  let { window } = state;
  for (const message of messages) if (message.seq >= state.fromSeq) window = put(window, message);
  return window === state.window ? state : { ...state, window };
}

/** Drops the oldest messages beyond `maxMessages`. */
export function trim(state: RoomState, maxMessages: number): RoomState {
  if (state.window.length <= maxMessages) return state;
  const cut = state.window.at(-maxMessages)?.seq ?? state.fromSeq;
  const fromSeq = Math.min(cut, state.settledSeq + 1);
  return fromSeq <= state.fromSeq ? state : { ...state, window: dropBefore(state.window, fromSeq), fromSeq };
}
