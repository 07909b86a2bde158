/** For so long someone types after they have said so. The server's own time for it, counted by one's own clock. */
const TYPING_MS = 6_000;
/** One says so that often at most. */
const SAY_EVERY_MS = 3_000;

/** Who is typing in a room, and that one is oneself. */
export class Typing implements Disposable {
  readonly #say: () => void;
  readonly #onChanged: () => void;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #saidAt = Number.NEGATIVE_INFINITY;
  #hasTypedSince = false;

  /** `say` tells the server. */
  constructor(say: () => void, onChanged: () => void) {
    this.#say = say;
    this.#onChanged = onChanged;
  }

  /** Who types, in the order in which they began. */
  get userIds(): readonly string[] {
    return [...this.#timers.keys()];
  }

  /** Someone has said that they type. */
  began(userId: string): void {
    const known = this.#timers.get(userId);
    clearTimeout(known);
    this.#timers.set(
      userId,
      setTimeout(() => this.ended(userId), TYPING_MS),
    );
    if (known === undefined) this.#onChanged();
  }

  /** Someone has sent what they typed, or stopped. */
  ended(userId: string): void {
    const known = this.#timers.get(userId);
    if (known === undefined) return;
    clearTimeout(known);
    this.#timers.delete(userId);
    this.#onChanged();
  }

  /** One types oneself. */
  say(): void {
    this.#hasTypedSince = true;
    const now = performance.now();
    if (now - this.#saidAt < SAY_EVERY_MS) return;
    this.#saidAt = now;
    this.#say();
  }

  /** One sends it: the next key is the beginning of something else. */
  sends(): void {
    this.#hasTypedSince = false;
  }

  /** The others have it, and take one for done: what one types by now is told anew. */
  sent(): void {
    this.#saidAt = Number.NEGATIVE_INFINITY;
    if (this.#hasTypedSince) this.say();
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
