/** As much of an outbox as shows that its client takes nothing. */
interface Watched {
  /** The number of the write in flight; 0 when there is none. */
  readonly writeInFlight: number;
}

interface Seen {
  readonly onStalled: () => void;
  /** The write that was in flight at the last sweep, and the time of the first sweep that saw it. */
  write: number;
  sinceMs: number;
}

/** A stream whose client takes nothing at all for this long is ended; it may come back and go on. */
const MAX_STALL_MS = 30_000;
const SWEEP_INTERVAL_MS = 1_000;

/**
 * Finds the streams whose clients have stopped reading. One timer for all of them, and no clock is read when something
 * is written: a stall counts from the first sweep that sees the write.
 */
export class StallWatch implements Disposable {
  readonly #watched = new Map<Watched, Seen>();
  readonly #maxStallMs: number;
  readonly #timer: NodeJS.Timeout;

  constructor(maxStallMs = MAX_STALL_MS) {
    this.#maxStallMs = maxStallMs;
    this.#timer = setInterval(() => this.#sweep(), Math.min(SWEEP_INTERVAL_MS, maxStallMs / 2));
    this.#timer.unref();
  }

  /** Calls `onStalled` once, when the outbox's write has not been taken for too long. */
  watch(outbox: Watched, onStalled: () => void): Disposable {
    this.#watched.set(outbox, { onStalled, write: 0, sinceMs: 0 });
    return { [Symbol.dispose]: () => void this.#watched.delete(outbox) };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #sweep(): void {
    // Of a clock that only ever rises, whatever happens to the wall clock.
    const nowMs = performance.now();
    for (const [outbox, seen] of this.#watched) {
      const write = outbox.writeInFlight;
      if (write === 0) continue;
      if (write !== seen.write) {
        seen.write = write;
        seen.sinceMs = nowMs;
      } else if (nowMs - seen.sinceMs >= this.#maxStallMs) {
        this.#watched.delete(outbox);
        seen.onStalled();
      }
    }
  }
}
