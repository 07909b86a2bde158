/** The time, in milliseconds since 1970. Injected, so that a test can move it. */
export type Clock = () => number;

/** A wall clock that is set back by more than this was wrong: it is followed at once. */
const MAX_LEAD_MS = 3_600_000;

/**
 * Makes a clock that doesn't go back when the wall clock is set back by up to an hour: it goes on at half speed until the
 * wall clock has caught up. So slow mode, mutes, limits and times to live neither start again nor last an hour longer.
 */
export function createSteadyClock(wall: Clock, elapsedMs: () => number): Clock {
  let nowMs = wall();
  let seenAtMs = elapsedMs();
  return () => {
    const atMs = elapsedMs();
    const wallMs = wall();
    const leadMs = nowMs - wallMs;
    nowMs = leadMs <= 0 || leadMs > MAX_LEAD_MS ? wallMs : Math.max(wallMs, nowMs + (atMs - seenAtMs) / 2);
    seenAtMs = atMs;
    return Math.floor(nowMs);
  };
}

/** Returns true for a time of the last `intervalMs`. A time to come is none: the clock has gone back. */
export function isRecent(atMs: number, nowMs: number, intervalMs: number): boolean {
  return atMs <= nowMs && nowMs < atMs + intervalMs;
}
