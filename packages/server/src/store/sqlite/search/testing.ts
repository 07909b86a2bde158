import type { Kysely } from "kysely";
import type { Schema } from "../../tables/schema.ts";
import { indexSome } from "./index-messages.ts";

/** Adds every message to the index that answers searches. */
export async function indexAll(db: Kysely<Schema>): Promise<void> {
  while ((await indexSome(db)) > 0);
}
