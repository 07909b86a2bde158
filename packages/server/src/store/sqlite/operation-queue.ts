import type { OperationName } from "../queries/operations.ts";
import { storageFault } from "./database.ts";
import type { SharedTransaction } from "./shared-transaction.ts";
import type { OperationRequest, ThreadAnswer } from "./wire.ts";

/** After this long no further operation joins a transaction: the first of them waits for its end. */
const MAX_SHARED_MS = 5;

/** What can wait in the queue beside operations; nothing else runs at the same time. */
type Task = () => Promise<void> | void;

/** An operation that has been run, and what it came to. */
export interface Ran {
  readonly request: OperationRequest;
  readonly result: unknown;
}

export interface OperationQueueOptions {
  readonly shared: SharedTransaction;
  /** Does what an operation asks for. */
  readonly perform: (request: OperationRequest) => Promise<unknown>;
  /** Those that can't share a transaction with others. */
  readonly alone: ReadonlySet<OperationName>;
  /** Puts what has come meanwhile into the queue. */
  readonly receive: () => void;
  /** Tells whoever asked. All answers of one transaction come together, once it is on the disk. */
  readonly answer: (answers: readonly ThreadAnswer[]) => void;
  /** Is called after the answer, with what has succeeded. */
  readonly onDone: (ran: readonly Ran[]) => Promise<void>;
}

/**
 * Runs operations in the order in which they were asked for. Those that wait together share one transaction, and so one
 * sync of the disk, which is most of what a small write costs; each is answered when the transaction is on the disk.
 */
export class OperationQueue {
  readonly #options: OperationQueueOptions;
  readonly #waiting: (OperationRequest | Task)[] = [];
  #isRunning = false;

  constructor(options: OperationQueueOptions) {
    this.#options = options;
  }

  add(item: OperationRequest | Task): void {
    this.#waiting.push(item);
    if (!this.#isRunning) void this.#runAll();
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    for (;;) {
      this.#options.receive();
      const next = this.#waiting.shift();
      if (!next) break;
      if (typeof next === "function") await next();
      else await this.#run(next);
    }
    this.#isRunning = false;
  }

  async #run(first: OperationRequest): Promise<void> {
    const { alone, answer, onDone } = this.#options;
    const isShared = !alone.has(first.operation) && this.#nextShared() !== null;
    const ran = isShared ? await this.#runShared(first) : [await this.#try(first)];
    answer(ran.map(toAnswer));
    await onDone(ran.filter((one): one is Ran => !("error" in one)));
  }

  /** The next operation, if it can share a transaction. */
  #nextShared(): OperationRequest | null {
    const [next] = this.#waiting;
    return next && typeof next !== "function" && !this.#options.alone.has(next.operation) ? next : null;
  }

  async #runShared(first: OperationRequest): Promise<readonly (Ran | Failed)[]> {
    const { shared } = this.#options;
    const startedAtMs = performance.now();
    const ran: (Ran | Failed)[] = [];
    try {
      shared.begin();
      for (let next: OperationRequest | null = first; next; next = this.#nextShared()) {
        if (next !== first) this.#waiting.shift();
        const one = await this.#try(next);
        ran.push(one);
        if (!shared.isWhole) throw "error" in one ? one.error : new Error("the transaction was undone");
        if (performance.now() - startedAtMs > MAX_SHARED_MS) break;
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

  async #try(request: OperationRequest): Promise<Ran | Failed> {
    try {
      return { request, result: await this.#options.perform(request) };
    } catch (error) {
      return { request, error };
    }
  }
}

interface Failed {
  readonly request: OperationRequest;
  readonly error: unknown;
}

function toAnswer(ran: Ran | Failed): ThreadAnswer {
  const { id } = ran.request;
  if (!("error" in ran)) return { kind: "done", id, result: ran.result };
  const error = ran.error instanceof Error ? ran.error : new Error(String(ran.error));
  return { kind: "failed", id, message: error.message, stack: error.stack, fault: storageFault(error) };
}
