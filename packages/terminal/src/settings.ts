/** Everything the command line needs before it loads the terminal client: nothing here loads React. */

interface Range {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

/** Numeric settings with their ranges. */
export const numberSettings = {
  /** Columns for the names of senders. */
  nameWidth: { min: 4, max: 40, fallback: 12 },
  /** The frame's largest width in columns. */
  frameWidth: { min: 20, max: 1_000, fallback: 1_000 },
  /** Blank columns inside the frame. */
  padding: { min: 0, max: 8, fallback: 1 },
  /** Number of messages loaded when a room opens. */
  historyLength: { min: 1, max: 10_000, fallback: 50 },
} as const satisfies Readonly<Record<string, Range>>;

/** The server's default address. */
export const DEFAULT_ADDRESS = "127.0.0.1:50051";

/** The environment variable with the password of `--user`. */
export const PASSWORD_VARIABLE = "CONFAB_PASSWORD";

/** The reason why a command can't continue, in words for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
