import { Worker } from "node:worker_threads";
import { ChatError } from "../../domain/errors.ts";
import { storageError } from "../fault.ts";
import type { OperationInput, OperationName } from "../operations/operations.ts";
import {
  fromWire,
  post,
  type ThreadAnswer,
  type ThreadData,
  type ThreadRequest,
  type Wired,
} from "./wire.ts";

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One of the store's threads, as the thread that serves calls sees it. */
export class StoreThread {
  /** Resolves once the thread says that it has opened the database; rejects when it can't. */
  readonly opened: Promise<void>;
  readonly #thread: Worker;
  readonly #onFailed: (cause: Error) => void;
  readonly #exited: Promise<void>;
  readonly #pending = new Map<number, Pending>();
  readonly #opening = Promise.withResolvers<void>();
  #nextId = 1;
  #isClosed = false;

  /** @param onFailed is called when the storage or the thread has failed, so that the store can't go on */
  constructor(script: "writer.js" | "reader.js", data: ThreadData, onFailed: (cause: Error) => void) {
    this.#onFailed = onFailed;
    this.opened = this.#opening.promise;
    // Only the writer's opening is waited for.
    this.opened.catch(() => {});
    this.#thread = new Worker(new URL(`./${script}`, import.meta.url), { workerData: data });
    this.#exited = new Promise((resolve) => this.#thread.once("exit", () => resolve()));
    this.#thread.on("message", (wired: Wired) => {
      for (const answer of fromWire<readonly ThreadAnswer[]>(wired)) this.#take(answer);
    });
    this.#thread.on("error", (error: unknown) =>
      onFailed(error instanceof Error ? error : new Error(String(error))),
    );
    this.#thread.on("exit", () => {
      if (!this.#isClosed) onFailed(new Error("a thread of the store has ended"));
    });
  }

  /** The number of operations that have not been answered. */
  get pending(): number {
    return this.#pending.size;
  }

  ask<Name extends OperationName>(operation: Name, input: OperationInput<Name>): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(storageError("broken", new Error("the store is closed")));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      post(this.#thread, { id, operation, input } satisfies ThreadRequest);
    });
  }

  /** Refuses everything from now on: after an I/O error, what is on disk is unknown. */
  fail(cause: Error): void {
    this.#isClosed = true;
    this.#opening.reject(cause);
    for (const { reject } of this.#pending.values()) reject(storageError("broken", cause));
    this.#pending.clear();
  }

  /** Resolves when the thread has answered what it was asked, closed the database and ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    post(this.#thread, null);
    await this.#exited;
  }

  #take(answer: ThreadAnswer): void {
    switch (answer.kind) {
      case "opened":
        this.#opening.resolve();
        return;
      case "unusable":
        this.#opening.reject(new Error(answer.message));
        return;
      case "done":
        this.#settle(answer.id)?.resolve(answer.result);
        return;
      case "refused":
        this.#settle(answer.id)?.reject(ChatError.fromData(answer.error));
        return;
      case "failed": {
        const cause = toError(answer);
        this.#settle(answer.id)?.reject(answer.fault ? storageError(answer.fault, cause) : cause);
        if (answer.fault === "broken") this.#onFailed(cause);
        return;
      }
      default:
        answer satisfies never;
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }
}

function toError({ message, stack }: { message: string; stack: string | undefined }): Error {
  const error = new Error(message);
  if (stack) error.stack = stack;
  return error;
}
