import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Schema } from "../tables/schema.ts";
import * as first from "./001-first.ts";

/** In the order of their names. A released migration is never edited. */
const migrations: Readonly<Record<string, Migration>> = { "001-first": first };

/** The first migration of builds from before the first release. */
const UNRELEASED = "001-accounts";

/**
 * Brings the tables up to this version, each step in a transaction of its own.
 *
 * @throws Error when the database was written by a newer version or before the first release, or a step fails
 */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) {
    const missing = /previously executed migration (\S+) is missing/.exec(String(error));
    throw missing?.[1] ? otherVersion(missing[1]) : error;
  }
}

/** The error for a database with a migration that this version does not have. */
function otherVersion(migration: string): Error {
  const has = `(it has the migration ${migration})`;
  return new Error(
    migration === UNRELEASED
      ? `was written by a build from before the first release ${has}: move its data folder away and start with a new one, or run that build`
      : `was written by a newer version of Confab ${has}: run that version, or restore a backup`,
  );
}
