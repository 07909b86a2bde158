/**
 * The store's own thread: it owns the database file and runs one operation at a time, in the order asked
 * (`OperationQueue`).
 * A commit blocks this thread until the disk has it, never the one that serves calls.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { Kysely } from "kysely";
import { migrate } from "../migrations/migrate.ts";
import type { NewMessage } from "../port/messages.ts";
import { type OperationName, operations } from "../queries/operations.ts";
import type { Schema } from "../schema.ts";
import {
  emptyLog,
  hasLog,
  lockDataFolder,
  MAX_REWRITTEN_AT_END_BYTES,
  openDatabase,
  scrub,
} from "./database.ts";
import { nodeSqliteDialect } from "./dialect.ts";
import { Indexing } from "./indexing.ts";
import { Later } from "./later.ts";
import { OperationQueue, type Ran } from "./operation-queue.ts";
import { SharedTransaction } from "./shared-transaction.ts";
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

/**
 * What these remove goes from the files a little later: too many people delete and edit to write the files anew for
 * each of them. No page of the database has it any more at once, but for copies in unused space.
 */
const ERASING_LATER: ReadonlySet<OperationName> = new Set([
  "deleteMessage",
  "updateMessage",
  "expireMessages",
  "applyRetention",
]);
const SCRUB_DELAY_MS = 60_000;

if (!parentPort) throw new Error("thread.ts runs as a worker thread");
const port = parentPort;
const { folder, path } = workerData as ThreadData;

function answer(answers: readonly ThreadAnswer[]): void {
  port.postMessage(toWire(answers));
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

  const queue = new OperationQueue({
    shared,
    perform,
    alone: ERASING,
    receive() {
      for (let waiting = receiveMessageOnPort(port); waiting; waiting = receiveMessageOnPort(port)) {
        take(waiting.message);
      }
    },
    answer,
    onDone,
  });
  function take(text: string): void {
    const request = fromWire<ThreadRequest>(text);
    queue.add(request ?? close);
  }
  port.on("message", take);
  const laterScrub = new Later(() => queue.add(() => scrub(database)), SCRUB_DELAY_MS);
  const indexing = new Indexing(db, () => queue.add(() => indexing.indexAll()));
  if (wasKilled) laterScrub.ask();
  answer([{ kind: "opened" }]);

  async function perform({ operation, input }: OperationRequest): Promise<unknown> {
    // The input was typed for this operation where it was sent.
    const result: unknown = await operations[operation](db, input as never);
    if (ERASING.has(operation) && !isRefused(result)) scrub(database);
    return result;
  }

  /** After the answer: no sender waits for the index. */
  async function onDone(ran: readonly Ran[]): Promise<void> {
    let sent = 0;
    for (const { request, result } of ran) {
      if (ERASING_LATER.has(request.operation) && hasChanged(result)) laterScrub.ask();
      if (request.operation === "appendMessages") sent += (request.input as readonly NewMessage[]).length;
    }
    if (sent > 0) await indexing.stored(sent);
  }

  async function close(): Promise<void> {
    indexing.cancel();
    if (laterScrub.cancel()) scrub(database, MAX_REWRITTEN_AT_END_BYTES);
    emptyLog(database);
    await db.destroy();
    lock[Symbol.dispose]();
    port.close();
  }
}

/** What was refused has removed nothing: nobody makes the file be written anew by asking for it. */
function isRefused(result: unknown): boolean {
  return typeof result === "object" && result !== null && "kind" in result && result.kind === "refused";
}

function hasChanged(result: unknown): boolean {
  if (Array.isArray(result)) return result.length > 0;
  if (typeof result !== "object" || result === null || !("changes" in result)) return false;
  return Array.isArray(result.changes) && result.changes.length > 0;
}
