import { nextTick } from "node:process";
import type { Joiner } from "./responses.ts";
import type { TimedWriter, WriteTimeouts } from "./write-timeouts.ts";

/** The most bytes that may wait in one stream's queue. What doesn't fit is read from the store later. */
export const MAX_QUEUED_BYTES = 1024 * 1024;

/** Writes a stream's responses to its transport. */
export interface ResponseWriter {
  /**
   * Writes responses, each behind its prefix. Calls `done` when the transport has taken them and wants more, and never
   * if it fails. One write at a time.
   */
  write(responses: Buffer, done: () => void): void;
}

interface OutboxOptions {
  readonly writer: ResponseWriter;
  /** Puts together the responses that wait. */
  readonly joiner: Joiner;
  /** Times the writes until the outbox is disposed of. */
  readonly writeTimeouts: WriteTimeouts;
  /** Called once, when the client has taken nothing for too long. */
  readonly onWriteTimeout: () => void;
  readonly maxQueuedBytes?: number;
}

/** The outboxes that have something to write at the end of this turn of the event loop. */
let scheduled: Outbox[] = [];

/**
 * One stream's queue. At most one write is in flight: behind a slow socket this queue grows, which has a bound, and not
 * the transport's own. All responses that one turn of the event loop brings share a write.
 */
export class Outbox implements TimedWriter, Disposable {
  readonly onWriteTimeout: () => void;
  readonly #writer: ResponseWriter;
  readonly #joiner: Joiner;
  readonly #writeTimeouts: WriteTimeouts;
  readonly #maxQueuedBytes: number;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #writes = 0;
  #writtenBytes = 0;
  #isWriting = false;
  #isScheduled = false;
  #isClosed = false;
  #whenFlushed: (() => void)[] = [];
  #whenEmpty: (() => void)[] = [];

  constructor(options: OutboxOptions) {
    const { writer, joiner, writeTimeouts, onWriteTimeout, maxQueuedBytes = MAX_QUEUED_BYTES } = options;
    this.onWriteTimeout = onWriteTimeout;
    this.#writer = writer;
    this.#joiner = joiner;
    this.#writeTimeouts = writeTimeouts;
    this.#maxQueuedBytes = maxQueuedBytes;
    writeTimeouts.add(this);
  }

  /** The bytes that wait behind the write in flight. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** The number of the write in flight, counted from 1; 0 when there is none. */
  get writeInFlight(): number {
    return this.#isWriting ? this.#writes : 0;
  }

  get bytesInFlight(): number {
    return this.#isWriting ? this.#writtenBytes : 0;
  }

  /** Queues the response. Returns false, and drops it, when it doesn't fit. */
  push(response: Buffer): boolean {
    if (this.#isWriting && this.#queuedBytes + response.length > this.#maxQueuedBytes) return false;
    this.send(response);
    return true;
  }

  /** Queues a response that must reach the client, even past the bound: its sender bounds it. */
  send(response: Buffer): void {
    if (this.#isClosed) return;
    this.#queue.push(response);
    this.#queuedBytes += response.length;
    if (this.#isWriting || this.#isScheduled) return;
    this.#isScheduled = true;
    if (scheduled.push(this) === 1) nextTick(Outbox.#writeScheduled);
  }

  /** Calls back once nothing is queued or in flight, which may be at once. Never, on a stream that has ended. */
  onceFlushed(callback: () => void): void {
    if (this.#isWriting || this.#isScheduled) this.#whenFlushed.push(callback);
    else callback();
  }

  /** Calls back once nothing is queued, which may be at once; a write may still be in flight. */
  onceEmpty(callback: () => void): void {
    if (this.#queue.length > 0) this.#whenEmpty.push(callback);
    else callback();
  }

  /** Drops the queue: nothing may be written to a stream that has ended. */
  [Symbol.dispose](): void {
    this.#writeTimeouts.remove(this);
    this.#isClosed = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#whenFlushed = [];
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
      const responses = this.#takeNext();
      this.#writtenBytes = responses.length;
      this.#writer.write(responses, this.#onWritten);
    }
    if (this.#whenEmpty.length > 0 && this.#queue.length === 0) {
      const whenEmpty = this.#whenEmpty;
      this.#whenEmpty = [];
      for (const callback of whenEmpty) callback();
    }
    if (this.#whenFlushed.length > 0 && !this.#isWriting) {
      const whenFlushed = this.#whenFlushed;
      this.#whenFlushed = [];
      for (const callback of whenFlushed) callback();
    }
  }

  /** Takes the responses of the next write off the queue. */
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
