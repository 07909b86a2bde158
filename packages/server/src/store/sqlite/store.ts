import { join } from "node:path";
import { Worker } from "node:worker_threads";
import pLimit from "p-limit";
import { storageError } from "../fault.ts";
import type { Store } from "../port/store.ts";
import { type OperationInput, type OperationName, operationNames } from "../queries/operations.ts";
import { fromWire, type ThreadAnswer, type ThreadData, type ThreadRequest, toWire } from "./wire.ts";

/** How many operations the thread is given at once. The results of more would pile up on their way back. */
const MAX_ASKED = 16;

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The embedded store: one SQLite file in `folder`, owned by a thread of its own and by this process alone.
 *
 * @throws Error when the folder is in use, or the file is damaged, unusable or from a newer version
 */
export async function openSqliteStore(folder: string): Promise<Store> {
  const data: ThreadData = { folder, path: join(folder, "confab.db") };
  const thread = new Worker(new URL("./thread.js", import.meta.url), { workerData: data });
  const pending = new Map<number, Pending>();
  const limitAsked = pLimit(MAX_ASKED);
  const opened = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<Error>();
  const exited = new Promise<void>((resolve) => thread.once("exit", () => resolve()));
  let nextId = 1;
  let closed = false;

  thread.on("message", (text: string) => {
    for (const answer of fromWire<readonly ThreadAnswer[]>(text)) take(answer);
  });
  function take(answer: ThreadAnswer): void {
    switch (answer.kind) {
      case "opened":
        opened.resolve();
        return;
      case "unusable":
        opened.reject(new Error(answer.message));
        return;
      case "done":
        pending.get(answer.id)?.resolve(answer.result);
        pending.delete(answer.id);
        return;
      case "failed": {
        const cause = toError(answer);
        pending.get(answer.id)?.reject(answer.fault ? storageError(answer.fault, cause) : cause);
        pending.delete(answer.id);
        if (answer.fault === "broken") fail(cause);
        return;
      }
      default:
        answer satisfies never;
    }
  }
  thread.on("error", (error: unknown) => fail(error instanceof Error ? error : new Error(String(error))));
  thread.on("exit", () => {
    if (!closed) fail(new Error("the store's thread has ended"));
  });

  /** Nothing that is asked from now on can succeed: after an I/O error, what is on disk is unknown. */
  function fail(cause: Error): void {
    failed.resolve(cause);
    opened.reject(cause);
    for (const { reject } of pending.values()) reject(storageError("broken", cause));
    pending.clear();
    closed = true;
  }

  function ask<Name extends OperationName>(operation: Name, input: OperationInput<Name>): Promise<unknown> {
    if (closed) return Promise.reject(storageError("broken", new Error("the store is closed")));
    const id = nextId++;
    return new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject });
      thread.postMessage(toWire({ id, operation, input } satisfies ThreadRequest));
    });
  }

  await opened.promise;
  const asks = Object.fromEntries(
    operationNames.map((name) => [
      name,
      (input: OperationInput<OperationName>) => limitAsked(() => ask(name, input)),
    ]),
  );
  // Each name of the port asks the thread for the operation of the same name, whose types are the port's.
  const operations = asks as unknown as Pick<Store, OperationName>;
  return {
    ...operations,
    failed: failed.promise,
    async [Symbol.asyncDispose]() {
      closed = true;
      thread.postMessage(toWire(null));
      await exited;
    },
  };
}

function toError({ message, stack }: { message: string; stack: string | undefined }): Error {
  const error = new Error(message);
  if (stack) error.stack = stack;
  return error;
}
