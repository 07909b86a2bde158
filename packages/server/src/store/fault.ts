import { ChatError } from "../domain/errors.ts";

/** `full`: no space left; `busy`: locked for too long; `broken`: an I/O error or damage, don't go on. */
export type StorageFault = "full" | "busy" | "broken";

/** What the caller of an operation is told when the storage fails it. The driver's own words are the cause. */
export function storageError(fault: StorageFault, cause: Error): ChatError {
  switch (fault) {
    case "full":
      return new ChatError("STORAGE_FULL", "the server's disk is full: nothing was stored", {
        retryAfterMs: 5_000,
        cause,
      });
    case "busy":
      return new ChatError("STORE_BUSY", "the database is busy and nothing was stored: try again", {
        retryAfterMs: 500,
        cause,
      });
    case "broken":
      return new ChatError("STORAGE_ERROR", "the server's storage failed: it is not known what was stored", {
        retryAfterMs: 5_000,
        cause,
      });
    default:
      return fault satisfies never;
  }
}
