import { isBreach, NotFoundError, PermissionError, QuotaError, UnavailableError } from "../errors.ts";
import type { MessageRecord } from "../live/records.ts";
import type { RoomCache } from "../live/room-cache.ts";
import type { Observable } from "../observable.ts";
import type { RoomContext } from "../rooms/context.ts";
import type { RoomInfo } from "../rooms/room-info.ts";
import type { Views } from "../rooms/view.ts";
import { delay, orAborted } from "../waiting.ts";
import type { History } from "./history.ts";
import type { Message } from "./message.ts";
import { dropBefore, find } from "./window.ts";

const RETRY_MS = 500;
/** Most messages taken from the window at once. */
const MAX_TAKEN = 100;

/** The parts of a room that its readers need. */
export interface Followed {
  readonly context: RoomContext;
  readonly cache: RoomCache;
  readonly history: History;
  readonly views: Views;
  readonly info: Observable<RoomInfo>;
}

/**
 * Yields every message after `afterSeq`, in order and once. Messages come from the window if it has them, else from
 * pages of the history. Nothing is fetched ahead, so a reader may be slow and still misses nothing.
 */
export async function* followMessages(
  followed: Followed,
  { afterSeq, signal }: { readonly afterSeq: number; readonly signal: AbortSignal | undefined },
): AsyncGenerator<Message, void, undefined> {
  const { context, cache, views } = followed;
  const roomId = cache.state.room.id;
  let seq = afterSeq;
  let { epoch } = cache.state;
  using progress = context.cursors.follow(roomId, "messages", { reached: seq, topSeq: seq });
  while (!isOver(followed)) {
    signal?.throwIfAborted();
    const { state } = cache;
    // A server restored from a backup assigns the same seqs again.
    if (state.epoch !== epoch) seq = Math.min(seq, state.topSeq);
    epoch = state.epoch;
    const taken = take(cache, seq);
    if (taken.length === 0) {
      if (seq >= state.topSeq || !cache.isLive) {
        await orAborted(cache.changed, signal);
        continue;
      }
      const page = await withRetry(followed, () => followed.history.after(seq, { signal }), signal);
      if (!page || cache.state.epoch !== epoch) continue;
      taken.push(...page.messages);
      // Messages that nobody can read any more are skipped.
      if (page.messages.length === 0) seq = state.topSeq;
    }
    for (const record of taken) {
      if (cache.state.epoch !== epoch || isOver(followed)) break;
      const current = find(cache.state.window, record.seq) ?? record;
      if (!current.isDeleted && record.seq >= cache.state.room.firstSeq) {
        await context.directory.load([current.senderId], signal);
        yield views.message(current);
      }
      seq = record.seq;
      progress.advance({ reached: seq, topSeq: seq });
    }
  }
}

/** Returns the next messages that are in the window. */
function take({ state }: RoomCache, afterSeq: number): MessageRecord[] {
  if (afterSeq + 1 < state.fromSeq) return [];
  const taken: MessageRecord[] = [];
  for (const record of dropBefore(state.window, afterSeq + 1)) {
    const isNext = record.seq <= state.settledSeq || record.seq === (taken.at(-1)?.seq ?? afterSeq) + 1;
    if (!isNext || record.seq > state.topSeq || taken.length === MAX_TAKEN) break;
    taken.push(record);
  }
  return taken;
}

/** Returns true once the room or the chat has ended. @throws the error that ended the chat */
export function isOver({ context, cache }: Followed): boolean {
  const state = context.connection.state.get();
  if (state.status === "closed" && state.error) throw state.error;
  return cache.isOver || context.closed.aborted;
}

/** Makes a request. After a temporary failure it waits and returns null: look at the state again. @throws ConfabError */
export async function withRetry<T>(
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
    if (error instanceof UnavailableError || (error instanceof QuotaError && !isBreach(error))) {
      const either = signal ? AbortSignal.any([signal, context.closed]) : context.closed;
      await delay(error.retryAfterMs ?? RETRY_MS, either).catch(() => {});
      if (!either.aborted) await context.connection.online(either).catch(() => {});
      return null;
    }
    // The stream is about to report that the user is no longer in the room.
    if (error instanceof NotFoundError || error instanceof PermissionError) {
      await leaving(followed, signal);
      if (isOver(followed)) return null;
    }
    throw error;
  }
}

/** Waits a short time for the room to end. */
async function leaving(followed: Followed, signal: AbortSignal | undefined): Promise<void> {
  let isLate = false;
  const late = delay(RETRY_MS, followed.context.closed)
    .catch(() => {})
    .then(() => {
      isLate = true;
    });
  while (!isLate && !isOver(followed)) {
    await orAborted(Promise.race([followed.cache.changed, late]), signal);
  }
}
