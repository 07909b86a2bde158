/** After a suspend or a blocked event loop, allow this long to read buffered data before declaring silence. */
const GRACE_MS = 100;

/** Calls `onSilence` when it has not been fed for longer than its limit. */
export class Watchdog implements Disposable {
  readonly #onSilence: () => void;
  #limitMs: number;
  #fedAt = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limitMs: number, onSilence: () => void) {
    this.#limitMs = limitMs;
    this.#onSilence = onSilence;
    this.#arm(limitMs);
  }

  /** Changes the limit, in milliseconds, and starts it again. */
  set limitMs(limitMs: number) {
    this.#limitMs = limitMs;
    this.feed();
    clearTimeout(this.#timer);
    this.#arm(limitMs);
  }

  feed(): void {
    this.#fedAt = performance.now();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  /** Feeding is frequent, so it leaves the timer alone; the timer checks the time when it fires. */
  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      const leftMs = this.#fedAt + this.#limitMs - performance.now();
      if (leftMs > 0) this.#arm(leftMs);
      else this.#startGrace();
    }, ms);
  }

  #startGrace(): void {
    const fedAt = this.#fedAt;
    this.#timer = setTimeout(() => {
      if (this.#fedAt === fedAt) this.#onSilence();
      else this.#arm(this.#limitMs);
    }, GRACE_MS);
  }
}
