/** Counts what to read at once: fewer while things are large, because those that don't fit are read in vain. */
export class PageSize {
  readonly #most: number;
  #now: number;

  constructor(most: number) {
    this.#most = most;
    this.#now = most;
  }

  get now(): number {
    return this.#now;
  }

  /** Notes the number of those that fitted; null if all did. */
  fit(count: number | null): void {
    this.#now = count === null ? Math.min(2 * this.#now, this.#most) : Math.max(1, count);
  }
}
