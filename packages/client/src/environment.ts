/** The clock and the random numbers that the client uses. */
export interface Environment {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** At least 0 and less than 1. */
  readonly random: () => number;
}

/** The system's clock and `Math.random`. */
export const realEnvironment: Environment = { nowMs: Date.now, random: Math.random };
