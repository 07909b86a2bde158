import type { User } from "./user.ts";

/** The cache may exceed its size by the profiles that were used this recently: a screen shows as many as it likes. */
const IN_USE_MS = 60_000;
/** Entries looked at for each new one, to find those that can go. */
const MAX_LOOKS = 4;

interface Entry {
  readonly user: User;
  readonly staleAtMs: number;
  usedAtMs: number;
}

/**
 * A bounded cache of profiles, each with a time to live. The oldest goes first, but those in use get a second chance: that is
 * nearly the least recently used, and costs a lookup nothing.
 */
export class ProfileCache {
  readonly #maxSize: number;
  readonly #nowMs: () => number;
  /** Entries by user id, in the order in which they were stored or given a second chance. */
  readonly #entries = new Map<string, Entry>();

  constructor(maxSize: number, nowMs: () => number) {
    this.#maxSize = maxSize;
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Returns a profile or placeholder, which is then in use. */
  use(userId: string): User | undefined {
    const entry = this.#entries.get(userId);
    if (entry) entry.usedAtMs = this.#nowMs();
    return entry?.user;
  }

  /** Returns true for a profile that is missing, or past its time. */
  isStale(userId: string): boolean {
    const staleAtMs = this.#entries.get(userId)?.staleAtMs ?? 0;
    return staleAtMs <= this.#nowMs();
  }

  /** Stores a profile. @returns the cached object if nothing has changed */
  store(user: User, validMs: number): User {
    const before = this.#entries.get(user.id);
    const isSame = before && JSON.stringify(before.user) === JSON.stringify(user);
    const kept = isSame ? before.user : user;
    this.#entries.delete(user.id);
    const usedAtMs = before?.usedAtMs ?? Number.NEGATIVE_INFINITY;
    this.#entries.set(user.id, { user: kept, staleAtMs: this.#nowMs() + validMs, usedAtMs });
    this.#evict();
    return kept;
  }

  /** Makes all profiles stale. */
  expire(): void {
    for (const [userId, entry] of this.#entries) this.#entries.set(userId, { ...entry, staleAtMs: 0 });
  }

  #evict(): void {
    let looks = 0;
    for (const [userId, entry] of this.#entries) {
      if (this.#entries.size <= this.#maxSize || ++looks > MAX_LOOKS) return;
      this.#entries.delete(userId);
      if (entry.usedAtMs > this.#nowMs() - IN_USE_MS) this.#entries.set(userId, entry);
    }
  }
}
