import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../tables/schema.ts";

/** The operation of the port that has this name, over Kysely. */
export type Operation<Name extends keyof Store> = Store[Name] extends (input: infer Input) => infer Result
  ? (db: Kysely<Schema>, input: Input) => Result
  : never;
