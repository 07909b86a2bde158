/** One of the threads that read: each read is one transaction, on a connection that can't write. */
import { parentPort, workerData } from "node:worker_threads";
import { Kysely } from "kysely";
import { runOperation } from "../operations/locks.ts";
import type { Schema } from "../tables/schema.ts";
import { toAnswer, tryOperation } from "./answers.ts";
import { openForReading } from "./database.ts";
import { nodeSqliteDialect } from "./dialect.ts";
import { ReadLatch } from "./read-latch.ts";
import {
  fromWire,
  type OperationRequest,
  post,
  type ThreadData,
  type ThreadRequest,
  type Wired,
} from "./wire.ts";

if (!parentPort) throw new Error("reader.ts runs as a worker thread");
const port = parentPort;
const { path, latchMemory } = workerData as ThreadData;
const latch = new ReadLatch(latchMemory);

/** Opened by the first read: until then the writer may still be making the file. */
let opened: Kysely<Schema> | null = null;
let running = Promise.resolve();

port.on("message", (wired: Wired) => {
  const request = fromWire<ThreadRequest>(wired);
  running = running.then(() => (request ? answer(request) : close()));
});

async function answer(request: OperationRequest): Promise<void> {
  post(port, [toAnswer(await tryOperation(request, perform))]);
}

async function perform({ operation, input }: OperationRequest): Promise<unknown> {
  opened ??= new Kysely<Schema>({ dialect: nodeSqliteDialect(openForReading(path)) });
  latch.enter();
  try {
    return await opened.transaction().execute((trx) => runOperation(trx, operation, input));
  } finally {
    latch.leave();
  }
}

async function close(): Promise<void> {
  await opened?.destroy();
  port.close();
}
