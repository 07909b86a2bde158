/** Each bucket is this much wider than the one before, so any percentile is at most 1 % off. */
const GROWTH = 1.02;
const SMALLEST_MS = 0.001;
const BUCKETS = 1_000;

/** Counts durations in a fixed number of buckets, so memory does not grow with the run. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  record(ms: number): void {
    const bucket = Math.floor(Math.log(Math.max(ms, SMALLEST_MS) / SMALLEST_MS) / Math.log(GROWTH));
    const index = Math.min(bucket, BUCKETS - 1);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count++;
  }

  /** Returns the duration in milliseconds that this share of all stayed within; 0 when there are none. */
  percentile(share: number): number {
    let seen = 0;
    for (const [index, count] of this.#counts.entries()) {
      seen += count;
      if (count > 0 && seen >= share * this.#count) return SMALLEST_MS * GROWTH ** (index + 0.5);
    }
    return 0;
  }
}
