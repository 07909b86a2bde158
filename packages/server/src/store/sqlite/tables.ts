import { type Kysely, sql } from "kysely";
import type { TableDialect } from "../dialect.ts";

/**
 * The full-text indexes of messages. Each has two tables of its own, which `prepareIndexes` makes, and has every message up
 * to `indexed_key`: messages are indexed some time after they were stored, many with one transaction.
 */
async function createSearch(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable("search_indexes")
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("indexed_key", "integer", (column) => column.notNull())
    .addColumn("is_serving", "integer", (column) => column.notNull())
    .addColumn("purge", "text", (column) => column.notNull())
    .execute();
}

async function protectAudit(db: Kysely<never>): Promise<void> {
  const refusals = {
    delete: sql`before delete on audit`,
    update: sql`before update of seq, at, action, actor_id, service_id, target_id, detail on audit`,
    address: sql`before update of address on audit when new.address <> ''`,
  };
  for (const [name, change] of Object.entries(refusals)) {
    await sql`create trigger ${sql.ref(`audit_refuses_${name}`)} ${change}
      begin select raise(abort, 'the audit trail is append-only'); end`.execute(db);
  }
}

export const sqliteTables: TableDialect = {
  text: "text",
  bytes: "blob",
  numbers: { type: "integer", build: (column) => column.primaryKey().autoIncrement() },
  protectAudit,
  createOwn: createSearch,
};
