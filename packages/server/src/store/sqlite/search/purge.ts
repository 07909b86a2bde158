import { type Kysely, sql } from "kysely";
import type { Schema } from "../../tables/schema.ts";
import { readIndexes, type SearchIndex, tablesOf } from "./indexes.ts";

/** The pages that one step writes: some 8 ms. */
const PAGES_AT_ONCE = 50;

/**
 * Notes that a message was taken out of the index, whose pages still have its words. FTS5 could overwrite them at once
 * (`secure-delete`), but needs 7 µs for each word: 300 long messages that expired together held up everyone for seconds.
 */
export async function requestPurge(db: Kysely<Schema>, index: SearchIndex): Promise<void> {
  if (index.purge !== "requested") await setPurge(db, index, "requested");
}

/** Begins to remove the words that were taken out from the indexes' pages. Returns false when there are none. */
export async function startPurge(db: Kysely<Schema>): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const indexes = (await readIndexes(trx)).filter(({ purge }) => purge !== "none");
    for (const index of indexes) {
      await merge(trx, index, -PAGES_AT_ONCE);
      await setPurge(trx, index, "running");
    }
    return indexes.length > 0;
  });
}

/** Takes a purge a step further. Returns false once all that had been taken out before it began is gone. */
export async function purgeSome(db: Kysely<Schema>): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    for (const index of await readIndexes(trx)) {
      if (index.purge === "none") continue;
      if (await merge(trx, index, PAGES_AT_ONCE)) return true;
      // Words that were taken out meanwhile are for another purge.
      if (index.purge === "running") await setPurge(trx, index, "none");
    }
    return false;
  });
}

/**
 * Merges the index's b-trees: a merge leaves out what was taken out of them. A negative number of pages begins to merge all
 * of them into one (https://sqlite.org/fts5.html#the_merge_command). Returns false when there was nothing to merge.
 */
async function merge(db: Kysely<Schema>, index: SearchIndex, pages: number): Promise<boolean> {
  const { words } = tablesOf(index);
  const before = await countChanges(db);
  await sql`insert into ${words} (${words}, rank) values ('merge', ${pages})`.execute(db);
  return (await countChanges(db)) - before >= 2;
}

async function countChanges(db: Kysely<Schema>): Promise<number> {
  const { rows } = await sql<{ changes: number }>`select total_changes() as changes`.execute(db);
  return Number(rows[0]?.changes);
}

async function setPurge(db: Kysely<Schema>, { id }: SearchIndex, purge: SearchIndex["purge"]): Promise<void> {
  await db.updateTable("search_indexes").set({ purge }).where("id", "=", id).execute();
}
