import { type Failed, type Ran, toAnswer, tryOperation } from "./answers.ts";
import type { SharedTransaction } from "./shared-transaction.ts";
import type { OperationRequest, ThreadAnswer } from "./wire.ts";

/** After this long no further operation joins a transaction: the first of them waits for its end. */
const MAX_SHARED_MS = 5;

/** Sends and other operations take turns, so that who sends waits for few others. */
export const SEND = "appendMessages";

/** Other work that waits in the queue; nothing else runs at the same time. */
type Task = () => Promise<void> | void;

interface OperationQueueOptions {
  readonly shared: SharedTransaction;
  /** Does what an operation asks for. */
  readonly perform: (request: OperationRequest) => Promise<unknown>;
  /** Puts what has come meanwhile into the queue. */
  readonly receive: () => void;
  /** Tells whoever asked. All answers of one transaction come together, once it is on the disk. */
  readonly answer: (answers: readonly ThreadAnswer[]) => void;
  /** Is called after the answer, with what has succeeded. */
  readonly onDone: (ran: readonly Ran[]) => Promise<void>;
  /** A clock that never goes back. */
  readonly nowMs: () => number;
}

/**
 * Runs operations in the order in which they were asked for, but for sends: each waits for one other at most, however many
 * there are. Those that wait together share one transaction, and so one
 * sync of the disk, which is most of what a small write costs; each is answered when the transaction is on the disk.
 */
export class OperationQueue {
  readonly #options: OperationQueueOptions;
  readonly #sends: OperationRequest[] = [];
  readonly #others: (OperationRequest | Task)[] = [];
  #hasSentLast = false;
  #isRunning = false;

  constructor(options: OperationQueueOptions) {
    this.#options = options;
  }

  add(item: OperationRequest | Task): void {
    if (typeof item !== "function" && item.operation === SEND) this.#sends.push(item);
    else this.#others.push(item);
    if (!this.#isRunning) void this.#runAll();
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    for (;;) {
      this.#options.receive();
      const next = this.#take();
      if (!next) break;
      if (typeof next === "function") await next();
      else await this.#run(next);
    }
    this.#isRunning = false;
  }

  async #run(first: OperationRequest): Promise<void> {
    const { perform, answer, onDone } = this.#options;
    const isShared = this.#nextShared() !== null;
    const ran = isShared ? await this.#runShared(first) : [await tryOperation(first, perform)];
    answer(ran.map(toAnswer));
    await onDone(ran.filter((one): one is Ran => !("error" in one)));
  }

  #next(): OperationRequest | Task | undefined {
    const [send] = this.#sends;
    const [other] = this.#others;
    return (this.#hasSentLast && other) || (send ?? other);
  }

  #take(): OperationRequest | Task | undefined {
    const next = this.#next();
    this.#hasSentLast = next !== undefined && next === this.#sends[0];
    if (this.#hasSentLast) this.#sends.shift();
    else this.#others.shift();
    return next;
  }

  /** The next in the queue, if it is an operation. */
  #nextShared(): OperationRequest | null {
    const next = this.#next();
    return next && typeof next !== "function" ? next : null;
  }

  async #runShared(first: OperationRequest): Promise<readonly (Ran | Failed)[]> {
    const { shared, perform, nowMs } = this.#options;
    const startedAtMs = nowMs();
    const ran: (Ran | Failed)[] = [];
    try {
      shared.begin();
      for (let next: OperationRequest | null = first; next; next = this.#nextShared()) {
        if (next !== first) this.#take();
        const one = await tryOperation(next, perform);
        ran.push(one);
        if (!shared.isWhole) throw "error" in one ? one.error : new Error("the transaction was undone");
        if (nowMs() - startedAtMs > MAX_SHARED_MS) break;
      }
      shared.commit();
      return ran;
    } catch (error) {
      shared.end();
      // Nothing of it is stored, whatever became of each.
      const requests = ran.length > 0 ? ran.map(({ request }) => request) : [first];
      return requests.map((request) => ({ request, error }));
    }
  }
}
