/** The most bytes that may wait for one stream. What doesn't fit is read from the store later. */
export const MAX_QUEUED_BYTES = 1024 * 1024;
/** The most bytes of one merged response. */
const MAX_MERGED_BYTES = 256 * 1024;

/** Writes one response; `done` is called when the transport has taken it and wants more. */
export type WriteResponse = (bytes: Buffer, done: () => void) => void;

export interface OutboxOptions {
  /** A clock for `stalledForMs`, in milliseconds, which only ever rises. */
  readonly nowMs: () => number;
  readonly maxQueuedBytes?: number;
  /**
   * Whether one response may take what waits, end to end: so it is where a response is a message of one repeated
   * field, because then the bytes of two are those of one with both.
   */
  readonly merges?: boolean;
}

/**
 * One stream's queue. At most one write is in flight, so that a slow socket makes the queue here grow, where
 * it is counted and bounded, and never the transport's own.
 */
export class Outbox implements Disposable {
  readonly #write: WriteResponse;
  readonly #nowMs: () => number;
  readonly #maxQueuedBytes: number;
  readonly #merges: boolean;
  #queue: Buffer[] = [];
  #next = 0;
  #queuedBytes = 0;
  #isWriting = false;
  #isScheduled = false;
  #isClosed = false;
  #writeStartedAtMs = 0;
  #whenDrained: (() => void)[] = [];
  #whenEmpty: (() => void)[] = [];

  constructor(
    write: WriteResponse,
    { nowMs, maxQueuedBytes = MAX_QUEUED_BYTES, merges = false }: OutboxOptions,
  ) {
    this.#write = write;
    this.#nowMs = nowMs;
    this.#maxQueuedBytes = maxQueuedBytes;
    this.#merges = merges;
  }

  /** What waits for the write in flight. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** How long the transport has not taken the write in flight, in milliseconds; 0 when there is none. */
  get stalledForMs(): number {
    return this.#isWriting ? this.#nowMs() - this.#writeStartedAtMs : 0;
  }

  /** Writes the response, or queues it behind the one in flight. False when it doesn't fit: then it is not queued. */
  push(bytes: Buffer): boolean {
    if (this.#isWriting && this.#queuedBytes + bytes.length > this.#maxQueuedBytes) return false;
    this.keep(bytes);
    return true;
  }

  /** As `push`, but it is always queued. Its sender bounds it. */
  keep(bytes: Buffer): void {
    if (this.#isClosed) return;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    if (this.#isWriting || this.#isScheduled) return;
    if (this.#merges) {
      // What else this turn brings shares the write.
      this.#isScheduled = true;
      queueMicrotask(this.#writeScheduled);
    } else {
      this.#writeNext();
    }
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
    this.#next = 0;
    this.#queuedBytes = 0;
    this.#whenDrained = [];
    this.#whenEmpty = [];
  }

  readonly #writeScheduled = (): void => {
    this.#isScheduled = false;
    this.#writeNext();
  };

  readonly #writeNext = (): void => {
    this.#isWriting = false;
    const bytes = this.#takeNext();
    if (bytes) {
      this.#isWriting = true;
      this.#writeStartedAtMs = this.#nowMs();
      this.#write(bytes, this.#writeNext);
      if (this.#queue.length === 0) this.#tellEmpty();
      return;
    }
    this.#tellEmpty();
    const whenDrained = this.#whenDrained;
    this.#whenDrained = [];
    for (const callback of whenDrained) callback();
  };

  #tellEmpty(): void {
    if (this.#whenEmpty.length === 0) return;
    const whenEmpty = this.#whenEmpty;
    this.#whenEmpty = [];
    for (const callback of whenEmpty) callback();
  }

  /** Takes the next response off the queue; null when there is none. */
  #takeNext(): Buffer | null {
    const first = this.#queue[this.#next];
    if (!first) return null;
    let end = this.#next + 1;
    let size = first.length;
    while (this.#merges) {
      const bytes = this.#queue[end];
      if (!bytes || size + bytes.length > MAX_MERGED_BYTES) break;
      size += bytes.length;
      end++;
    }
    const isOne = end === this.#next + 1;
    const merged = isOne ? first : Buffer.concat(this.#queue.slice(this.#next, end), size);
    this.#next = end;
    this.#queuedBytes -= size;
    if (this.#next === this.#queue.length) {
      this.#queue = [];
      this.#next = 0;
    }
    return merged;
  }
}
