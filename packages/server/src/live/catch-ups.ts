import { FairQueue } from "../domain/fair-queue.ts";

/** As many as the store has threads that read. */
const MAX_AT_ONCE = 2;

interface CatchingUp {
  readonly userId: string;
  /** Ends the feed. */
  readonly signal: AbortSignal;
}

/**
 * Lets few feeds read from the store at a time, by turns of their users: only those hold what they have read, and sends
 * come in between.
 */
export class CatchUps {
  readonly #queue = new FairQueue(MAX_AT_ONCE);

  /** Runs the task in its turn. @throws the signal's reason, without running it, when the feed has ended meanwhile */
  run({ userId, signal }: CatchingUp, task: () => Promise<void>): Promise<void> {
    return this.#queue.run(userId, async () => {
      signal.throwIfAborted();
      await task();
    });
  }
}
