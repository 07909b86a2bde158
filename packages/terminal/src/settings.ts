/**
 * What the command line needs before it knows that the terminal client is wanted: nothing here loads React.
 */

interface Range {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

/** The numbers that can be set, with what they may be. */
export const numberSettings = {
  /** Columns for the names of senders. */
  nameWidth: { min: 4, max: 40, fallback: 12 },
  /** The most columns of the frame. */
  frameWidth: { min: 20, max: 1_000, fallback: 1_000 },
  /** Blank columns within the frame. */
  padding: { min: 0, max: 8, fallback: 1 },
  /** How many messages a room begins with. */
  historyLength: { min: 1, max: 10_000, fallback: 50 },
} as const satisfies Readonly<Record<string, Range>>;

/** Where the server is, if nothing else is said. */
export const DEFAULT_ADDRESS = "127.0.0.1:50051";

/** Environment variable with the password of `--user`. */
export const PASSWORD_VARIABLE = "CONFAB_PASSWORD";

/** Why a command can't go on, in words for whoever gave it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
