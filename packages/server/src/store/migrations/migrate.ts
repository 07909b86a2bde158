import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Schema } from "../schema.ts";
import * as accounts from "./001-accounts.ts";
import * as rooms from "./002-rooms.ts";
import * as searchLater from "./003-search-later.ts";

/** In the order of their names. A released migration is never edited. */
const migrations: Readonly<Record<string, Migration>> = {
  "001-accounts": accounts,
  "002-rooms": rooms,
  "003-search-later": searchLater,
};

/**
 * Brings the tables up to this version, each step in a transaction of its own.
 *
 * @throws Error when the database was written by a newer version, or a step fails
 */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const known = new Set(Object.keys(migrations));
  const applied = (await migrator.getMigrations()).filter((migration) => migration.executedAt);
  const unknown = applied.find((migration) => !known.has(migration.name));
  if (unknown) throw newerVersion(unknown.name);

  const { error } = await migrator.migrateToLatest();
  if (error) {
    const missing = /previously executed migration (\S+) is missing/.exec(String(error));
    throw missing?.[1] ? newerVersion(missing[1]) : error;
  }
}

function newerVersion(migration: string): Error {
  return new Error(
    `was written by a newer version of Confab (it has the migration ${migration}): run that version, or restore a backup`,
  );
}
