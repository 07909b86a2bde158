import type { Kysely, Transaction } from "kysely";
import type { Schema } from "../tables/schema.ts";

/** Runs one operation in a transaction of its own, without the locks that only other connections would notice. */
export function run<Input, Result>(
  db: Kysely<Schema>,
  operation: (trx: Transaction<Schema>, input: Input) => Promise<Result>,
  input: Input,
): Promise<Result> {
  return db.transaction().execute((trx) => operation(trx, input));
}
