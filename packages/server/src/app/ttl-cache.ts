import type { Clock } from "./clock.ts";

interface Entry<Value> {
  readonly value: Value;
  readonly believedUntilMs: number;
}

/**
 * Remembers values of the store, for a time and up to a number; the oldest goes first. A value that is read
 * while something is forgotten is not remembered: it may be older than the change.
 */
export class TtlCache<Key, Value> {
  readonly #entries = new Map<Key, Entry<Value>>();
  readonly #clock: Clock;
  readonly #maxAgeMs: number;
  readonly #maxEntries: number;
  /** Counts what was forgotten. */
  #forgotten = 0;

  constructor(clock: Clock, maxAgeMs: number, maxEntries: number) {
    this.#clock = clock;
    this.#maxAgeMs = maxAgeMs;
    this.#maxEntries = maxEntries;
  }

  /** Returns the remembered value at once, or else the result of `read`. */
  get(key: Key, read: () => Promise<Value>): Value | Promise<Value> {
    const entry = this.#entries.get(key);
    if (entry && entry.believedUntilMs > this.#clock()) return entry.value;
    return this.#read(key, read);
  }

  forget(key: Key): void {
    this.#forgotten++;
    this.#entries.delete(key);
  }

  forgetWhere(isOutdated: (value: Value) => boolean): void {
    this.#forgotten++;
    for (const [key, { value }] of this.#entries) {
      if (isOutdated(value)) this.#entries.delete(key);
    }
  }

  async #read(key: Key, read: () => Promise<Value>): Promise<Value> {
    const forgottenBefore = this.#forgotten;
    const value = await read();
    if (this.#forgotten !== forgottenBefore) return value;
    this.#entries.delete(key);
    this.#entries.set(key, { value, believedUntilMs: this.#clock() + this.#maxAgeMs });
    if (this.#entries.size > this.#maxEntries) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return value;
  }
}
