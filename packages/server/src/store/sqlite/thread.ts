/**
 * The store's own thread: it owns the database file and runs one operation at a time, in the order asked.
 * A commit blocks this thread until the disk has it, never the one that serves calls.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Kysely } from "kysely";
import { migrate } from "../migrations/migrate.ts";
import { type OperationName, operations } from "../queries/operations.ts";
import type { Schema } from "../schema.ts";
import { emptyLog, lockDataFolder, openDatabase, scrub, storageFault } from "./database.ts";
import { nodeSqliteDialect } from "./dialect.ts";
import {
  fromWire,
  type OperationRequest,
  type ThreadAnswer,
  type ThreadData,
  type ThreadRequest,
  toWire,
} from "./wire.ts";

/** What these remove must be in no file any more when they are done. */
const ERASING: ReadonlySet<OperationName> = new Set(["eraseUser", "deleteServiceKey", "deleteRoom"]);

if (!parentPort) throw new Error("thread.ts runs as a worker thread");
const port = parentPort;
const { folder, path } = workerData as ThreadData;

function answer(message: ThreadAnswer): void {
  port.postMessage(toWire(message));
}

try {
  await serve();
} catch (error) {
  answer({ kind: "unusable", message: error instanceof Error ? error.message : String(error) });
  port.close();
}

async function serve(): Promise<void> {
  const lock = lockDataFolder(folder);
  const database = openDatabase(path);
  const db = new Kysely<Schema>({ dialect: nodeSqliteDialect(database) });
  await migrate(db).catch((error: unknown) => {
    throw new Error(`the database ${path} ${error instanceof Error ? error.message : String(error)}`);
  });

  let last = Promise.resolve();
  port.on("message", (text: string) => {
    const request = fromWire<ThreadRequest>(text);
    last = last.then(() => (request ? run(request) : close()));
  });
  answer({ kind: "opened" });

  async function run({ id, operation, input }: OperationRequest): Promise<void> {
    try {
      // The input was typed for this operation where it was sent.
      const result = await operations[operation](db, input as never);
      if (ERASING.has(operation)) scrub(database);
      answer({ kind: "done", id, result });
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      answer({ kind: "failed", id, message: error.message, stack: error.stack, fault: storageFault(error) });
    }
  }

  async function close(): Promise<void> {
    emptyLog(database);
    await db.destroy();
    lock[Symbol.dispose]();
    port.close();
  }
}
