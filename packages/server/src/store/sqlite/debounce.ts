/** Does work once for all who ask within a delay, which starts with the first of them. Keeps no process alive. */
export class Debounce {
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

  /** Takes the asking back. Returns true if work was due. */
  cancel(): boolean {
    const wasDue = this.#timer !== null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    return wasDue;
  }
}
