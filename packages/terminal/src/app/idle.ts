/** Somebody who presses no key for this long counts as away. */
const IDLE_MS = 5 * 60_000;

/** Says that the user is away after a time without a key, and that they are back with the next one. */
export class Idle implements Disposable {
  readonly #setActivity: (activity: "online" | "away") => void;
  readonly #isAway: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** While `isAway` returns true, the user wants to be away, and no key changes that. */
  constructor(setActivity: (activity: "online" | "away") => void, isAway: () => boolean = () => false) {
    this.#setActivity = setActivity;
    this.#isAway = isAway;
    this.touch();
  }

  /** Called with each key. */
  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#setActivity("away"), IDLE_MS);
    this.#timer.unref();
    this.#setActivity(this.#isAway() ? "away" : "online");
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
