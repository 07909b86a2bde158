import { ChatError } from "../domain/errors.ts";

/**
 * `full`: no space left; `busy`: locked for too long; `away`: can't be reached; `lost`: the answer was lost with the
 * connection; `broken`: an I/O error or damage, don't go on.
 */
export type StorageFault = "full" | "busy" | "away" | "lost" | "broken";

const errors = {
  full: ["STORAGE_FULL", "the server's disk is full: nothing was stored", 5_000],
  busy: ["STORE_BUSY", "the database is busy and nothing was stored: try again", 500],
  away: ["STORE_BUSY", "the database can't be reached and nothing was stored: try again", 1_000],
  lost: ["STORAGE_ERROR", "the connection to the database was lost: it is not known what was stored", 1_000],
  broken: ["STORAGE_ERROR", "the server's storage failed: it is not known what was stored", 5_000],
} as const satisfies Record<StorageFault, readonly [string, string, number]>;

/** Returns the error for the caller when the storage fails. The driver's error is its cause. */
export function storageError(fault: StorageFault, cause: Error): ChatError {
  const [reason, message, retryAfterMs] = errors[fault];
  return new ChatError(reason, message, { retryAfterMs, cause });
}
