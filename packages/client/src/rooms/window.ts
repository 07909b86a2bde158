import { withEdits } from "./edits.ts";
import type { MessageRecord } from "./records.ts";

/** Messages of a room, ascending by seq, each once. Never changed: each change gives another. */
export type Window = readonly MessageRecord[];

/** Where the seq is, or would be. */
function positionOf(window: Window, seq: number): number {
  // Nearly always it is the newest, or comes after it.
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

/** Adds the message, or puts it in the place of an older state of itself. */
export function put(window: Window, message: MessageRecord): Window {
  const position = positionOf(window, message.seq);
  const known = window[position];
  if (known?.seq !== message.seq) return window.toSpliced(position, 0, message);
  const isNewer = message.revision > known.revision;
  // Of the same state, the one that knows which reactions are one's own.
  const isSurer = message.revision === known.revision && message.isSure && !known.isSure;
  return isNewer || isSurer ? window.with(position, withEdits(message, known)) : window;
}

/** Without what is before the seq. */
export function dropBefore(window: Window, seq: number): Window {
  const first = positionOf(window, seq);
  return first === 0 ? window : window.slice(first);
}
