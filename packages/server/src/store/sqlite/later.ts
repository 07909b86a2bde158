/**
 * Something that is due some time after it was first asked for, once for all who ask until then. Its timer keeps
 * no process alive.
 */
export class Later {
  readonly #work: () => void;
  readonly #delayMs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(work: () => void, delayMs: number) {
    this.#work = work;
    this.#delayMs = delayMs;
  }

  ask(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#work();
    }, this.#delayMs).unref();
  }

  /** Whether it was due; from now on it is not. */
  cancel(): boolean {
    const wasDue = this.#timer !== null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    return wasDue;
  }
}
