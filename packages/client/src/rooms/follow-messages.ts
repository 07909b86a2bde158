import { NotFoundError, PermissionError, QuotaError, UnavailableError } from "../errors.ts";
import { delay, orAborted } from "../waiting.ts";
import type { RoomContext } from "./context.ts";
import type { History } from "./history.ts";
import type { Knowledge } from "./knowledge.ts";
import type { Message } from "./message.ts";
import type { MessageRecord } from "./records.ts";
import type { RoomInfo } from "./room-info.ts";
import type { Views } from "./view.ts";
import { dropBefore, find } from "./window.ts";

const RETRY_MS = 500;
/** How many are taken at once: so much may be in hand when something changes. */
const MAX_TAKEN = 100;

/** What a reader of a room reads from. */
export interface Followed {
  readonly context: RoomContext;
  readonly knowledge: Knowledge;
  readonly history: History;
  readonly views: Views;
  readonly info: () => RoomInfo;
}

/**
 * Every message after one, in order, each once. It asks for the next when it is asked for the next: what the stream has
 * brought is at hand, and what it has not (it was too far behind, or it is long ago) is read by pages. So it may be as
 * slow as it likes, and misses nothing.
 */
export async function* followMessages(
  followed: Followed,
  { afterSeq, signal }: { readonly afterSeq: number; readonly signal: AbortSignal | undefined },
): AsyncGenerator<Message, void, undefined> {
  const { context, knowledge, views } = followed;
  const roomId = knowledge.state.room.id;
  let seq = afterSeq;
  let { epoch } = knowledge.state;
  using progress = context.cursors.follow(roomId, "messages", { reached: seq, topSeq: seq });
  while (!isOver(followed)) {
    signal?.throwIfAborted();
    const { state } = knowledge;
    // A server that was restored from a backup gives its numbers once more.
    if (state.epoch !== epoch) seq = Math.min(seq, state.topSeq);
    epoch = state.epoch;
    const taken = take(knowledge, seq);
    if (taken.length === 0) {
      if (seq >= state.topSeq || !knowledge.isLive) {
        await orAborted(knowledge.changed, signal);
        continue;
      }
      const page = await ask(followed, () => followed.history.after(seq, { signal }), signal);
      if (!page || knowledge.state.epoch !== epoch) continue;
      taken.push(...page.messages);
      // What can't be read by anyone any more is passed over.
      if (page.messages.length === 0) seq = state.topSeq;
    }
    for (const record of taken) {
      if (knowledge.state.epoch !== epoch || isOver(followed)) break;
      const current = find(knowledge.state.window, record.seq) ?? record;
      if (!current.isDeleted && record.seq >= knowledge.state.room.firstSeq) {
        await context.directory.load([current.senderId], signal);
        yield views.message(current);
      }
      seq = record.seq;
      progress.advance({ reached: seq, topSeq: seq });
    }
  }
}

/** The next messages, as far as they are at hand. */
function take({ state }: Knowledge, afterSeq: number): MessageRecord[] {
  if (afterSeq + 1 < state.fromSeq) return [];
  const taken: MessageRecord[] = [];
  for (const record of dropBefore(state.window, afterSeq + 1)) {
    const isNext = record.seq <= state.settledSeq || record.seq === (taken.at(-1)?.seq ?? afterSeq) + 1;
    if (!isNext || record.seq > state.topSeq || taken.length === MAX_TAKEN) break;
    taken.push(record);
  }
  return taken;
}

/** Whether there is no more to read. @throws what ended the chat */
export function isOver({ context, knowledge }: Followed): boolean {
  const state = context.connection.state.get();
  if (state.status === "closed" && state.error) throw state.error;
  return knowledge.isOver || context.closed.aborted;
}

/** Asks until there is an answer; null where things may be otherwise by now. @throws ConfabError that will not pass */
export async function ask<T>(
  followed: Followed,
  request: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | null> {
  const { context } = followed;
  try {
    return await request();
  } catch (error) {
    signal?.throwIfAborted();
    if (isOver(followed)) return null;
    if (error instanceof UnavailableError || error instanceof QuotaError) {
      const either = signal ? AbortSignal.any([signal, context.closed]) : context.closed;
      await delay(error.retryAfterMs ?? RETRY_MS, either).catch(() => {});
      if (!either.aborted) await context.connection.online(either).catch(() => {});
      return null;
    }
    // That one is no longer in the room is about to be told.
    if (error instanceof NotFoundError || error instanceof PermissionError) {
      await leaving(followed, signal);
      if (isOver(followed)) return null;
    }
    throw error;
  }
}

/** Waits a moment for the end of the room. */
async function leaving(followed: Followed, signal: AbortSignal | undefined): Promise<void> {
  let isLate = false;
  const late = delay(RETRY_MS, followed.context.closed)
    .catch(() => {})
    .then(() => {
      isLate = true;
    });
  while (!isLate && !isOver(followed)) {
    await orAborted(Promise.race([followed.knowledge.changed, late]), signal);
  }
}
