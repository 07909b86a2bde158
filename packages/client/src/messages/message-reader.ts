import type { Progress } from "../live/cursor-keeper.ts";
import { type Followed, isOver, withRetry } from "../live/following.ts";
import type { MessageRecord } from "../live/records.ts";
import type { RoomCache } from "../live/room-cache.ts";
import type { Message } from "./message.ts";
import { dropBefore, find } from "./window.ts";

/** Most messages taken from the window at once. */
const MAX_TAKEN = 100;

/** A reader's first position. */
export interface ReaderStart {
  readonly afterSeq: number;
  /** True if the reader moves the room's cursor. */
  readonly movesCursor: boolean;
}

/**
 * Reads a room's messages, in order and once. They come from the window if it has them, else from pages of the history.
 * Nothing is fetched ahead, so a reader may be slow and still misses nothing.
 */
export class MessageReader implements Disposable {
  readonly #followed: Followed;
  readonly #progress: Progress | null;
  #seq: number;
  #epoch: number;

  constructor(followed: Followed, { afterSeq, movesCursor }: ReaderStart) {
    const { context, cache } = followed;
    this.#followed = followed;
    this.#seq = afterSeq;
    this.#epoch = cache.state.epoch;
    const start = { reached: afterSeq, topSeq: afterSeq };
    this.#progress = movesCursor ? context.cursors.follow(cache.state.room.id, "messages", start) : null;
  }

  /** True if `read` would find something now. */
  get hasNext(): boolean {
    const { cache } = this.#followed;
    this.#follow(cache);
    return take(cache, this.#seq).length > 0 || (this.#seq < cache.state.topSeq && cache.isLive);
  }

  /** Yields some of the messages that are there now. A message counts as processed when the next one is asked for. */
  async *read(signal: AbortSignal | undefined): AsyncGenerator<Message, void, undefined> {
    const { context, cache, views } = this.#followed;
    this.#follow(cache);
    const epoch = this.#epoch;
    for (const record of await this.#next(signal)) {
      if (cache.state.epoch !== epoch || isOver(this.#followed)) break;
      const current = find(cache.state.window, record.seq) ?? record;
      if (!current.isDeleted && record.seq >= cache.state.room.firstSeq) {
        await context.directory.load([current.senderId], signal);
        yield views.message(current);
      }
      this.#reach(record.seq);
    }
  }

  [Symbol.dispose](): void {
    this.#progress?.[Symbol.dispose]();
  }

  /** Moves the position back if the server has less than before, as after a restored backup: seqs are assigned again. */
  #follow({ state }: RoomCache): void {
    if (state.epoch !== this.#epoch) this.#seq = Math.min(this.#seq, state.topSeq);
    this.#epoch = state.epoch;
  }

  /** Returns the next messages; none if they can't be had now. @throws ConfabError */
  async #next(signal: AbortSignal | undefined): Promise<readonly MessageRecord[]> {
    const { cache, history } = this.#followed;
    const taken = take(cache, this.#seq);
    const { epoch, topSeq } = cache.state;
    if (taken.length > 0 || this.#seq >= topSeq) return taken;
    const page = await withRetry(this.#followed, () => history.after(this.#seq, { signal }), signal);
    if (!page || cache.state.epoch !== epoch) return [];
    // Messages that nobody can read any more are skipped.
    if (page.messages.length === 0) this.#reach(topSeq);
    return page.messages;
  }

  #reach(seq: number): void {
    this.#seq = seq;
    this.#progress?.advance({ reached: seq, topSeq: seq });
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
