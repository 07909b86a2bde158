import type { Clock } from "../app/clock.ts";

/** The server's clock, which stands still until the test moves it. */
export interface TestClock {
  /** Milliseconds since 1970. */
  readonly now: Clock;
  /**
   * Moves the clock and resolves when all that has ended by then has ended: memberships, messages with a time to
   * live, what rooms no longer keep, and the presence of those who have gone. Those who listen have been told.
   */
  advance(ms: number): Promise<void>;
}

export function createTestClock(startMs: number, onAdvanced: () => Promise<void>): TestClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    async advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`the clock can't be moved by ${ms} ms: it only goes on`);
      nowMs += ms;
      await onAdvanced();
    },
  };
}
