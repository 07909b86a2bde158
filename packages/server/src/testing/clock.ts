import type { Clock } from "../app/clock.ts";

/** The server's clock. It stands still until the test moves it. */
export interface TestClock {
  /** Milliseconds since 1970. */
  readonly now: Clock;
  /**
   * Moves the clock. Resolves once everything that expires by then has expired, and listeners have been notified:
   * memberships, messages with a time to live, messages past retention, and the presence of users who left.
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
