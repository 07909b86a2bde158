import { nextTick } from "node:process";
import type { Joiner } from "./responses.ts";
import type { Watched } from "./stall-watch.ts";

/** The most bytes that may wait for one stream. What doesn't fit is read from the store later. */
export const MAX_QUEUED_BYTES = 1024 * 1024;

/** Where a stream's responses go. */
export interface ResponseWriter {
  /**
   * Writes responses, each behind its prefix; `done` is called when the transport has taken them and wants more, and
   * not if it fails. One write at a time.
   */
  write(responses: Buffer, done: () => void): void;
}

export interface OutboxOptions {
  /** Puts together what waits. */
  readonly joiner: Joiner;
  /** Called once, when the transport has taken nothing for too long. */
  readonly onStalled: () => void;
  readonly maxQueuedBytes?: number;
}

/** Those to which this turn of the event loop has brought something to write. */
let scheduled: Outbox[] = [];

/**
 * One stream's queue. At most one write is in flight, so that a slow socket makes the queue here grow, where
 * it is counted and bounded, and never the transport's own. All that one turn brings shares a write.
 */
export class Outbox implements Watched, Disposable {
  readonly onStalled: () => void;
  readonly #writer: ResponseWriter;
  readonly #joiner: Joiner;
  readonly #maxQueuedBytes: number;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #writes = 0;
  #isWriting = false;
  #isScheduled = false;
  #isClosed = false;
  #whenDrained: (() => void)[] = [];
  #whenEmpty: (() => void)[] = [];

  constructor(
    writer: ResponseWriter,
    { joiner, onStalled, maxQueuedBytes = MAX_QUEUED_BYTES }: OutboxOptions,
  ) {
    this.onStalled = onStalled;
    this.#writer = writer;
    this.#joiner = joiner;
    this.#maxQueuedBytes = maxQueuedBytes;
  }

  /** What waits for the write in flight. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** The number of the write in flight, each greater than the one before; 0 when there is none. */
  get writeInFlight(): number {
    return this.#isWriting ? this.#writes : 0;
  }

  /** Queues the response. False when it doesn't fit: then it is not queued. */
  push(response: Buffer): boolean {
    if (this.#isWriting && this.#queuedBytes + response.length > this.#maxQueuedBytes) return false;
    this.keep(response);
    return true;
  }

  /** As `push`, but it is always queued. Its sender bounds it. */
  keep(response: Buffer): void {
    if (this.#isClosed) return;
    this.#queue.push(response);
    this.#queuedBytes += response.length;
    if (this.#isWriting || this.#isScheduled) return;
    this.#isScheduled = true;
    if (scheduled.push(this) === 1) nextTick(Outbox.#writeScheduled);
  }

  /** Calls back once nothing is queued or in flight: at once, if that is so now. Never, on a stream that has ended. */
  onceDrained(callback: () => void): void {
    if (this.#isWriting || this.#isScheduled) this.#whenDrained.push(callback);
    else callback();
  }

  /** Calls back once nothing is queued behind the write in flight, if there is one: at once, if that is so now. */
  onceEmpty(callback: () => void): void {
    if (this.#queue.length > 0) this.#whenEmpty.push(callback);
    else callback();
  }

  /** Drops what waits: a stream that has ended must be written to no more. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#whenDrained = [];
    this.#whenEmpty = [];
  }

  static #writeScheduled(this: void): void {
    const outboxes = scheduled;
    scheduled = [];
    for (const outbox of outboxes) {
      outbox.#isScheduled = false;
      outbox.#writeNext();
    }
  }

  readonly #onWritten = (): void => {
    this.#isWriting = false;
    this.#writeNext();
  };

  #writeNext(): void {
    if (this.#queue.length > 0) {
      this.#isWriting = true;
      this.#writes++;
      this.#writer.write(this.#takeNext(), this.#onWritten);
    }
    if (this.#whenEmpty.length > 0 && this.#queue.length === 0) {
      const whenEmpty = this.#whenEmpty;
      this.#whenEmpty = [];
      for (const callback of whenEmpty) callback();
    }
    if (this.#whenDrained.length > 0 && !this.#isWriting) {
      const whenDrained = this.#whenDrained;
      this.#whenDrained = [];
      for (const callback of whenDrained) callback();
    }
  }

  /** Takes off the queue what one write may have. */
  #takeNext(): Buffer {
    const [first] = this.#queue;
    if (first && this.#queue.length === 1) {
      this.#queue.length = 0;
      this.#queuedBytes = 0;
      return first;
    }
    const { count, joined } = this.#joiner.joinFirst(this.#queue);
    if (count === this.#queue.length) {
      this.#queue = [];
      this.#queuedBytes = 0;
      return joined;
    }
    for (let index = 0; index < count; index++) this.#queuedBytes -= this.#queue[index]?.length ?? 0;
    this.#queue = this.#queue.slice(count);
    return joined;
  }
}
