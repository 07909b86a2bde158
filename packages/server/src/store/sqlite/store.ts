import { join } from "node:path";
import { FairQueue } from "../../domain/fair-queue.ts";
import { callerOf } from "../caller.ts";
import { storageError } from "../fault.ts";
import { operationKinds } from "../operations/kinds.ts";
import { type OperationInput, type OperationName, operationNames } from "../operations/operations.ts";
import type { Store } from "../port/store.ts";
import { SEND } from "./operation-queue.ts";
import { latchMemory } from "./read-latch.ts";
import { StoreThread } from "./store-thread.ts";
import type { ThreadData } from "./wire.ts";

/** Two, so that a long read doesn't stop all others; more would take the cores of small machines from the writer. */
const READERS = 2;
/** The most writes that the writer has at once. The results of more would pile up on their way back. */
const MAX_WRITES_ASKED = 16;
/** One that runs and one that waits for each thread; the others wait for whichever is free first. */
const MAX_READS_ASKED = 2 * READERS;

/**
 * The embedded store: one SQLite file in `folder`, which this process has for itself. One thread writes, some read.
 *
 * @throws Error when the folder is in use, or the file is damaged, unusable or from a newer version
 */
export async function openSqliteStore(folder: string): Promise<Store> {
  const data: ThreadData = { folder, path: join(folder, "confab.db"), latchMemory: latchMemory() };
  const failed = Promise.withResolvers<Error>();
  const writer = new StoreThread("writer.js", data, fail);
  const readers = Array.from({ length: READERS }, () => new StoreThread("reader.js", data, fail));
  const queues = { write: new FairQueue(MAX_WRITES_ASKED), read: new FairQueue(MAX_READS_ASKED) };

  /** Nothing that is asked from now on can succeed. */
  function fail(cause: Error): void {
    failed.resolve(cause);
    for (const thread of [writer, ...readers]) thread.fail(cause);
  }

  function threadFor(name: OperationName): StoreThread {
    if (operationKinds[name] === "write") return writer;
    return readers.reduce((least, reader) => (reader.pending < least.pending ? reader : least));
  }

  const closeReaders = () => Promise.all(readers.map((reader) => reader.close()));
  try {
    await writer.opened;
  } catch (error) {
    await closeReaders();
    throw error;
  }
  function ask<Name extends OperationName>(name: Name, input: OperationInput<Name>): Promise<unknown> {
    // Sends wait in `GroupCommit`, which asks for two transactions at most.
    if (name === SEND) return writer.ask(name, input);
    return queues[operationKinds[name]].run(callerOf(input), () => threadFor(name).ask(name, input));
  }

  const asks = Object.fromEntries(
    operationNames.map((name) => [name, (input: OperationInput<typeof name>) => ask(name, input)]),
  );
  // Each name of the port asks a thread for the operation of the same name, whose types are the port's.
  const operations = asks as unknown as Pick<Store, OperationName>;
  return {
    ...operations,
    failed: failed.promise,
    async [Symbol.asyncDispose]() {
      for (const queue of Object.values(queues))
        queue.clear(storageError("broken", new Error("the store is closed")));
      // The readers first: the writer empties the log, which they must not need any more.
      await closeReaders();
      await writer.close();
    },
  };
}
