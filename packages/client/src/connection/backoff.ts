/** How long to wait before attempts; in milliseconds. */
export interface BackoffOptions {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** At least 0 and less than 1. */
  readonly random: () => number;
}

/**
 * How long to wait before an attempt, 1 the first after a success: anything up to a bound that doubles each time, so
 * that many clients of a server that comes back don't come at once (exponential backoff with full jitter).
 */
export function backoffMs(attempt: number, { minDelayMs, maxDelayMs, random }: BackoffOptions): number {
  const boundMs = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(random() * boundMs);
}
