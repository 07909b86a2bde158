/**
 * The thread that writes: it owns the database file and runs one operation at a time, in the order asked
 * (`OperationQueue`). A commit blocks this thread until the disk has it, never the one that serves calls.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { Kysely } from "kysely";
import { migrate } from "../migrations/migrate.ts";
import { runOperation } from "../operations/locks.ts";
import type { NewMessage } from "../port/messages.ts";
import type { Schema } from "../tables/schema.ts";
import type { Ran } from "./answers.ts";
import { Checkpoints } from "./checkpoints.ts";
import { lockDataFolder } from "./data-folder.ts";
import { emptyLog, hasLog, openDatabase, scrub } from "./database.ts";
import { Debounce } from "./debounce.ts";
import { nodeSqliteDialect } from "./dialect.ts";
import { erases } from "./erasing.ts";
import { Indexing } from "./indexing.ts";
import { OperationQueue } from "./operation-queue.ts";
import { Purging } from "./purging.ts";
import { ReadLatch } from "./read-latch.ts";
import { prepareIndexes } from "./search/indexes.ts";
import { SharedTransaction } from "./shared-transaction.ts";
import {
  fromWire,
  type OperationRequest,
  post,
  type ThreadAnswer,
  type ThreadData,
  type ThreadRequest,
  type Wired,
} from "./wire.ts";

/** The log has what was erased for at most this long. Too many people delete and edit to empty it for each of them. */
const EMPTY_LOG_DELAY_MS = 60_000;

if (!parentPort) throw new Error("writer.ts runs as a worker thread");
const port = parentPort;
const { folder, path, latchMemory } = workerData as ThreadData;

function answer(answers: readonly ThreadAnswer[]): void {
  post(port, answers);
}

try {
  await serve();
} catch (error) {
  answer([{ kind: "unusable", message: error instanceof Error ? error.message : String(error) }]);
  port.close();
}

async function serve(): Promise<void> {
  const lock = lockDataFolder(folder);
  const wasKilled = hasLog(path);
  const database = openDatabase(path);
  const shared = new SharedTransaction(database);
  const db = new Kysely<Schema>({ dialect: nodeSqliteDialect(database, shared) });
  await migrate(db).catch((error: unknown) => {
    throw new Error(`the database ${path} ${error instanceof Error ? error.message : String(error)}`);
  });
  await prepareIndexes(db);

  const queue = new OperationQueue({
    shared,
    perform,
    receive() {
      for (let waiting = receiveMessageOnPort(port); waiting; waiting = receiveMessageOnPort(port)) {
        take(waiting.message);
      }
    },
    answer,
    onDone,
    nowMs,
  });
  const checkpoints = new Checkpoints({
    database,
    latch: new ReadLatch(latchMemory),
    schedule: (task) => queue.add(task),
    nowMs,
  });
  function take(wired: Wired): void {
    const request = fromWire<ThreadRequest>(wired);
    queue.add(request ?? close);
  }
  port.on("message", take);
  /** Copies of what was erased may be left in the file. */
  let hasErased = wasKilled;
  const emptyLogLater = new Debounce(() => queue.add(() => checkpoints.empty()), EMPTY_LOG_DELAY_MS);
  const indexing = new Indexing(db, (task) => queue.add(task));
  const purging = new Purging({
    db,
    schedule: (task) => queue.add(task),
    nowMs,
    onStep: () => checkpoints.afterCommit(),
    onDone: () => checkpoints.empty(),
  });
  if (wasKilled) emptyLogLater.ask();
  answer([{ kind: "opened" }]);

  async function perform({ operation, input }: OperationRequest): Promise<unknown> {
    return db.transaction().execute((trx) => runOperation(trx, operation, input));
  }

  /** After the answer: no sender waits for the index. */
  async function onDone(ran: readonly Ran[]): Promise<void> {
    let sent = 0;
    for (const one of ran) {
      if (erases(one)) {
        hasErased = true;
        emptyLogLater.ask();
        purging.ask();
      }
      const { operation, input } = one.request;
      if (operation === "appendMessages") sent += (input as readonly NewMessage[]).length;
    }
    if (sent > 0) await indexing.stored(sent);
    checkpoints.afterCommit();
  }

  async function close(): Promise<void> {
    indexing.cancel();
    purging.cancel();
    emptyLogLater.cancel();
    checkpoints.cancel();
    if (hasErased) scrub(database);
    emptyLog(database);
    await db.destroy();
    lock[Symbol.dispose]();
    port.close();
  }
}

function nowMs(): number {
  return performance.now();
}
