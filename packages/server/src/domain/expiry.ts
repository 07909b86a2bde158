/**
 * Every grant and every sanction may have an end. From the very millisecond of its end it counts as absent, even if
 * nothing has cleaned it up.
 */

/** The end in milliseconds since 1970; null if it lasts until a user ends it. */
export type EndMs = number | null;

const LAST_DATE_MS = 8.64e15;

/** Returns true from the millisecond of the end on. */
export function hasEnded(endMs: EndMs, nowMs: number): boolean {
  return endMs !== null && endMs <= nowMs;
}

/** Describes an end: `until 2026-11-23T03:53:14.000Z`, or `until further notice`. */
export function describeEnd(endMs: EndMs): string {
  if (endMs === null || Math.abs(endMs) > LAST_DATE_MS) return "until further notice";
  return `until ${new Date(endMs).toISOString()}`;
}
