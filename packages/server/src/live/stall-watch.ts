/** As much of an outbox as shows that its client takes nothing. */
interface Watched {
  readonly stalledForMs: number;
}

/** A stream whose client takes nothing at all for this long is ended; it may come back and go on. */
const MAX_STALL_MS = 30_000;
const SWEEP_INTERVAL_MS = 1_000;

/** Finds the streams whose clients have stopped reading. One timer for all of them. */
export class StallWatch implements Disposable {
  readonly #watched = new Map<Watched, () => void>();
  readonly #maxStallMs: number;
  readonly #timer: NodeJS.Timeout;

  constructor(maxStallMs = MAX_STALL_MS) {
    this.#maxStallMs = maxStallMs;
    this.#timer = setInterval(() => this.#sweep(), Math.min(SWEEP_INTERVAL_MS, maxStallMs));
    this.#timer.unref();
  }

  /** Milliseconds that only ever rise, whatever happens to the wall clock. */
  readonly nowMs = (): number => performance.now();

  /** Calls `onStalled` once, when the outbox's write has not been taken for too long. */
  watch(outbox: Watched, onStalled: () => void): Disposable {
    this.#watched.set(outbox, onStalled);
    return { [Symbol.dispose]: () => void this.#watched.delete(outbox) };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #sweep(): void {
    for (const [outbox, onStalled] of this.#watched) {
      if (outbox.stalledForMs < this.#maxStallMs) continue;
      this.#watched.delete(outbox);
      onStalled();
    }
  }
}
