/** A stream's queue, as far as it shows that its client takes nothing. */
export interface Watched {
  /** The number of the write in flight; 0 when there is none. */
  readonly writeInFlight: number;
  /** Is called once, when the same write has been in flight for too long. */
  onStalled(): void;
}

/** A stream whose client takes nothing at all for this long is ended; it may come back and go on. */
const MAX_STALL_MS = 30_000;
const SWEEP_INTERVAL_MS = 1_000;

/** The write that was in flight at the last sweep, and the time of the first sweep that saw it. */
interface Seen {
  write: number;
  sinceMs: number;
}

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

  add(watched: Watched): void {
    this.#watched.set(watched, { write: 0, sinceMs: 0 });
  }

  remove(watched: Watched): void {
    this.#watched.delete(watched);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #sweep(): void {
    // Of a clock that only ever rises, whatever happens to the wall clock.
    const nowMs = performance.now();
    for (const [watched, seen] of this.#watched) {
      const write = watched.writeInFlight;
      if (write === 0) continue;
      if (write !== seen.write) {
        seen.write = write;
        seen.sinceMs = nowMs;
      } else if (nowMs - seen.sinceMs >= this.#maxStallMs) {
        this.#watched.delete(watched);
        watched.onStalled();
      }
    }
  }
}
