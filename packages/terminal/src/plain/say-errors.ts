import { errorWords } from "../error-words.ts";
import { UsageError } from "../settings.ts";
import { isBrokenPipe } from "./print-line.ts";

/**
 * Runs a command's work with a room, and turns its error into words for the user. A closed pipe ends it without one.
 *
 * @throws UsageError for every refusal; the signal's reason when it has aborted
 */
export async function sayErrors(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isBrokenPipe(error)) return;
    signal.throwIfAborted();
    throw new UsageError(errorWords(error), { cause: error });
  }
}
