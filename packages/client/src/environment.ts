/** What the client takes from the world around it, beside the transport. */
export interface Environment {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** At least 0 and less than 1. */
  readonly random: () => number;
}

/** The real clock and real chance. */
export const realEnvironment: Environment = { nowMs: Date.now, random: Math.random };
