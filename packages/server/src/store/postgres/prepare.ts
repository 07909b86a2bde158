import { Kysely, sql } from "kysely";
import { migrate } from "../migrations/migrate.ts";
import type { Schema } from "../tables/schema.ts";
import { openConnections } from "./connections.ts";
import { postgresDialect } from "./dialect.ts";
import { requireDurable } from "./requirements.ts";
import { startRewording } from "./rewording.ts";

const MIGRATION_LOCK = 0x636f6e66_6d696772n;

/**
 * Checks the database, and brings its tables up to this version. Of several processes that start, one does so and the
 * others wait.
 *
 * @throws Error when it can't be used
 */
export async function prepareDatabase(connectionString: string): Promise<void> {
  const connections = openConnections(connectionString, { max: 1, isPatient: true });
  await using db = new Kysely<Schema>({ dialect: postgresDialect(connections) });
  await requireDurable(db);
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(trx);
    await migrate(trx);
    await startRewording(trx);
  });
}
