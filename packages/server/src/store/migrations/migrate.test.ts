import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { nodeSqliteDialect } from "../sqlite/dialect.ts";
import { openSqliteStore } from "../sqlite/store.ts";

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "confab-test-"));
});
after(() => rmSync(folder, { recursive: true }));

/** Writes a database that has these migrations, and gives the error that opening it ends with. */
async function errorOf(name: string, migrations: readonly string[]): Promise<string> {
  const data = join(folder, name);
  const path = join(data, "confab.db");
  const store = await openSqliteStore(data);
  await store[Symbol.asyncDispose]();
  const database = new DatabaseSync(path);
  database.exec("drop table kysely_migration");
  const db = new Kysely<object>({ dialect: nodeSqliteDialect(database) });
  const steps = Object.fromEntries(migrations.map((migration) => [migration, { up: async () => {} }]));
  await new Migrator({ db, provider: { getMigrations: async () => steps } }).migrateToLatest();
  await db.destroy();
  try {
    await openSqliteStore(data);
  } catch (error) {
    return error instanceof Error ? error.message.replace(path, "FILE") : String(error);
  }
  return "opened";
}

test("a database from before the first release is refused by its name, with the way out", async () => {
  assert.equal(
    await errorOf("unreleased", ["001-accounts", "002-rooms", "003-search-later"]),
    "the database FILE was written by a build from before the first release (it has the migration 001-accounts): " +
      "move its data folder away and start with a new one, or run that build",
  );
});

test("a database of a newer version is refused by its name, too", async () => {
  assert.equal(
    await errorOf("newer", ["001-first", "999-later"]),
    "the database FILE was written by a newer version of Confab (it has the migration 999-later): " +
      "run that version, or restore a backup",
  );
});
