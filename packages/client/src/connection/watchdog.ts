/**
 * Who was held up, or asleep, has heard nothing because nobody listened: so long what has come by then is given to be
 * read.
 */
const GRACE_MS = 100;

/** Notices that nothing has been heard for too long. */
export class Watchdog implements Disposable {
  readonly #onSilence: () => void;
  #limitMs: number;
  #heardAt = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limitMs: number, onSilence: () => void) {
    this.#limitMs = limitMs;
    this.#onSilence = onSilence;
    this.#arm(limitMs);
  }

  /** How long a silence is too long, from now on. */
  set limitMs(limitMs: number) {
    this.#limitMs = limitMs;
    this.heard();
    clearTimeout(this.#timer);
    this.#arm(limitMs);
  }

  heard(): void {
    this.#heardAt = performance.now();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  /** The timer is left alone while something is heard, which is often, and looks at the time when it ends. */
  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      const leftMs = this.#heardAt + this.#limitMs - performance.now();
      if (leftMs > 0) this.#arm(leftMs);
      else this.#hearOut();
    }, ms);
  }

  #hearOut(): void {
    const heardAt = this.#heardAt;
    this.#timer = setTimeout(() => {
      if (this.#heardAt === heardAt) this.#onSilence();
      else this.#arm(this.#limitMs);
    }, GRACE_MS);
  }
}
