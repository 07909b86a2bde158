import { setTimeout as delay } from "node:timers/promises";
import { type Kysely, sql, type Transaction } from "kysely";
import type { Schema } from "../tables/schema.ts";
import { CommitLost, ConnectionLost, mayRunAgain } from "./faults.ts";

/** The most times that one piece of work is run. Each time something else was stored meanwhile, or a connection lost. */
const MAX_RUNS = 6;
const MAX_PAUSE_MS = 100;
/** As long, it is asked what became of a commit whose answer was lost. */
const MAX_SETTLING_MS = 5_000;
const SETTLING_PAUSE_MS = 200;

type Work<Result> = (trx: Transaction<Schema>) => Promise<Result>;

/**
 * Runs work in a transaction, and again where it may succeed then: it must do nothing but use the transaction. If the
 * answer to a commit is lost, the server is asked what became of it.
 *
 * @throws CommitLost if nobody can tell whether it is stored
 */
export async function runWrite<Result>(db: Kysely<Schema>, work: Work<Result>): Promise<Result> {
  for (let run = 1; ; run++) {
    let result: { readonly value: Result } | null = null;
    try {
      return await db.transaction().execute(async (trx) => {
        const value = await work(trx);
        result = { value };
        return value;
      });
    } catch (error) {
      if (error instanceof CommitLost) {
        const done = result as { readonly value: Result } | null;
        if (done && (await isCommitted(db, error))) return done.value;
      } else if (!mayRunAgain(error)) throw error;
      if (run >= MAX_RUNS) throw error;
      await pause(run);
    }
  }
}

/** Runs work that only reads: it sees one moment. */
export async function runRead<Result>(db: Kysely<Schema>, work: Work<Result>): Promise<Result> {
  for (let run = 1; ; run++) {
    try {
      return await db
        .transaction()
        .setIsolationLevel("repeatable read")
        .setAccessMode("read only")
        .execute(work);
    } catch (error) {
      if (run >= MAX_RUNS || !mayRunAgain(error)) throw error;
      await pause(run);
    }
  }
}

/** Each pause is longer, and by chance, so that those who met don't meet again. */
function pause(run: number): Promise<void> {
  return delay(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** run));
}

/** @throws CommitLost when the server can't be asked, or does not know */
async function isCommitted(db: Kysely<Schema>, lost: CommitLost): Promise<boolean> {
  const endMs = performance.now() + MAX_SETTLING_MS;
  while (performance.now() < endMs) {
    try {
      const { rows } = await sql<{ status: string | null }>`
        select pg_xact_status(${lost.transaction}::xid8) as status`.execute(db);
      const status = rows[0]?.status;
      if (status === "committed") return true;
      if (status === "aborted") return false;
      if (status !== "in progress") throw lost;
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw lost;
    }
    await delay(SETTLING_PAUSE_MS);
  }
  throw lost;
}
