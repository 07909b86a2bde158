/** Somebody who presses no key for this long counts as away. */
const IDLE_MS = 5 * 60_000;

/** Says that the user is away after a time without a key, and that they are back with the next one. */
export class Idle implements Disposable {
  readonly #setActivity: (activity: "online" | "away") => void;
  readonly #idleMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(setActivity: (activity: "online" | "away") => void, idleMs = IDLE_MS) {
    this.#setActivity = setActivity;
    this.#idleMs = idleMs;
    this.touch();
  }

  /** Called with each key. */
  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#setActivity("away"), this.#idleMs);
    this.#timer.unref();
    this.#setActivity("online");
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
