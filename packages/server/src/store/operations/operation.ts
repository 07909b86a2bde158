import type { Transaction } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../tables/schema.ts";

/**
 * The operation of the port that has this name, over Kysely, in a transaction that its caller begins and ends. Run one
 * with `runOperation`, which locks first what it decides about.
 */
export type Operation<Name extends keyof Store> = Store[Name] extends (input: infer Input) => infer Result
  ? (trx: Transaction<Schema>, input: Input) => Result
  : never;
