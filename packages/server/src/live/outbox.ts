/** The most bytes that may wait for one stream. Past it the queue is dropped, and read again from the store. */
const MAX_QUEUED_BYTES = 1024 * 1024;

/** Writes one response; `done` is called when the transport has taken it and wants more. */
export type WriteResponse = (bytes: Buffer, done: () => void) => void;

interface Queued {
  readonly bytes: Buffer;
  readonly seq: number;
}

/**
 * One stream's queue. At most one write is in flight, so that a slow socket makes the queue here grow, where
 * it is counted and bounded, and never the transport's own.
 */
export class Outbox implements Disposable {
  readonly #write: WriteResponse;
  readonly #maxQueuedBytes: number;
  #queue: Queued[] = [];
  #next = 0;
  #queuedBytes = 0;
  #isWriting = false;
  #writeStartedAtMs = 0;
  #writtenSeq: number;
  #whenDrained: (() => void) | null = null;
  readonly #nowMs: () => number;

  /**
   * @param write sends one response
   * @param options.afterSeq the seq that the stream starts behind
   * @param options.nowMs a clock for `stalledForMs`, which only ever rises
   */
  constructor(
    write: WriteResponse,
    options: { afterSeq: number; nowMs: () => number; maxQueuedBytes?: number },
  ) {
    this.#write = write;
    this.#writtenSeq = options.afterSeq;
    this.#nowMs = options.nowMs;
    this.#maxQueuedBytes = options.maxQueuedBytes ?? MAX_QUEUED_BYTES;
  }

  /** The seq of the last message that was handed to the transport. */
  get writtenSeq(): number {
    return this.#writtenSeq;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** How long the transport has not taken the write in flight, in milliseconds; 0 when there is none. */
  get stalledForMs(): number {
    return this.#isWriting ? this.#nowMs() - this.#writeStartedAtMs : 0;
  }

  /**
   * Writes the response, or queues it behind the one in flight. False when it doesn't fit: then the whole
   * queue is dropped, and the stream goes on from `writtenSeq`.
   */
  push(bytes: Buffer, seq: number): boolean {
    if (!this.#isWriting) {
      this.#start(bytes, seq);
      return true;
    }
    if (this.#queuedBytes + bytes.length > this.#maxQueuedBytes) {
      this.#clear();
      return false;
    }
    this.#queue.push({ bytes, seq });
    this.#queuedBytes += bytes.length;
    return true;
  }

  /** Calls back once nothing is queued or in flight: at once, if that is so now. Never, on a stream that has ended. */
  onceDrained(callback: () => void): void {
    if (this.#isWriting) this.#whenDrained = callback;
    else callback();
  }

  /** Drops what waits: a stream that has ended must be written to no more. */
  [Symbol.dispose](): void {
    this.#clear();
    this.#whenDrained = null;
  }

  #start(bytes: Buffer, seq: number): void {
    this.#isWriting = true;
    this.#writeStartedAtMs = this.#nowMs();
    this.#writtenSeq = seq;
    this.#write(bytes, this.#onWritten);
  }

  readonly #onWritten = (): void => {
    const queued = this.#queue[this.#next];
    if (queued) {
      this.#next++;
      this.#queuedBytes -= queued.bytes.length;
      if (this.#next === this.#queue.length) this.#clear();
      this.#start(queued.bytes, queued.seq);
      return;
    }
    this.#isWriting = false;
    const whenDrained = this.#whenDrained;
    this.#whenDrained = null;
    whenDrained?.();
  };

  #clear(): void {
    this.#queue = [];
    this.#next = 0;
    this.#queuedBytes = 0;
  }
}
