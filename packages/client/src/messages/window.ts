import type { MessageRecord } from "../live/records.ts";
import { withEdits } from "./edits.ts";

/** Messages of a room, ascending by seq, each once. Immutable. */
export type Window = readonly MessageRecord[];

/** Returns the index of the seq, or the index to insert it at. */
function positionOf(window: Window, seq: number): number {
  // Nearly always the message is new.
  const last = window.at(-1);
  if (!last || last.seq < seq) return window.length;
  let low = 0;
  let high = window.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((window[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function find(window: Window, seq: number): MessageRecord | undefined {
  const message = window[positionOf(window, seq)];
  return message?.seq === seq ? message : undefined;
}

/** Inserts the message, or replaces an older state of it. */
export function put(window: Window, message: MessageRecord): Window {
  const position = positionOf(window, message.seq);
  const cached = window[position];
  if (cached?.seq !== message.seq) return window.toSpliced(position, 0, message);
  const isNewer = message.revision > cached.revision;
  // At the same revision, prefer the one that knows the user's own reactions.
  const knowsMore =
    message.revision === cached.revision && message.knowsOwnReactions && !cached.knowsOwnReactions;
  return isNewer || knowsMore ? window.with(position, withEdits(message, cached)) : window;
}

/** Returns the window without the messages before the seq. */
export function dropBefore(window: Window, seq: number): Window {
  const first = positionOf(window, seq);
  return first === 0 ? window : window.slice(first);
}
