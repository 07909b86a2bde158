import type { Kysely } from "kysely";

/**
 * The full-text indexes of messages. Each has two tables of its own, which `prepareIndexes` makes, and has every message up
 * to `indexed_key`: messages are indexed some time after they were stored, many with one transaction.
 */
export async function createSearch(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable("search_indexes")
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("indexed_key", "integer", (column) => column.notNull())
    .addColumn("is_serving", "integer", (column) => column.notNull())
    .addColumn("purge", "text", (column) => column.notNull())
    .execute();
}
