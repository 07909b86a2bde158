interface BackoffOptions {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** At least 0 and less than 1. */
  readonly random: () => number;
}

/**
 * Returns the delay before an attempt, in milliseconds; attempt 1 is the first after a success. The delay is random, up
 * to a bound that doubles each time (exponential backoff with full jitter), so that many clients don't return at once.
 */
export function backoffMs(attempt: number, { minDelayMs, maxDelayMs, random }: BackoffOptions): number {
  const boundMs = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(random() * boundMs);
}
