/**
 * Time-limited things: every grant and every sanction may end by itself. What has ended counts as not there,
 * from the very millisecond of its end, whether or not anyone has cleaned it up.
 */

/** The end of a thing in milliseconds since 1970, or null for one that lasts until someone ends it. */
export type EndMs = number | null;

const LAST_DATE_MS = 8.64e15;

/** Whether something that ends then is over. */
export function hasEnded(endMs: EndMs, nowMs: number): boolean {
  return endMs !== null && endMs <= nowMs;
}

/** Words for an end: `until 2026-11-23T03:53:14.000Z`, or `for good`. */
export function describeEnd(endMs: EndMs): string {
  if (endMs === null || Math.abs(endMs) > LAST_DATE_MS) return "for good";
  return `until ${new Date(endMs).toISOString()}`;
}
