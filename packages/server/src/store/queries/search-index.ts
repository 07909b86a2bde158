import { type Kysely, sql, type Transaction } from "kysely";
import type { Schema } from "../schema.ts";

/** How much one transaction indexes: milliseconds where texts are short, some 50 where they are as long as may be. */
export const MAX_INDEXED_AT_ONCE = 1_000;
const MAX_CHARACTERS_AT_ONCE = 1_000_000;

/** Adds to the search index whatever waits for it. */
export async function indexAll(db: Kysely<Schema>): Promise<void> {
  while ((await indexSome(db)) > 0);
}

/**
 * Adds to the search index what has waited longest, and gives the number of messages. The index and how far it has come
 * change together: what a crash undoes waits on.
 */
export async function indexSome(db: Kysely<Schema>): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { count, last } = await findNext(trx);
    if (last === null) return 0;
    await sql`insert into message_search (rowid, text)
      select key, text from messages
      where key > (select indexed_key from search_progress) and key <= ${last} and text <> ''`.execute(trx);
    await trx.updateTable("search_progress").set({ indexed_key: last }).execute();
    return count;
  });
}

/** How many messages come next, and the key of the last of them. */
async function findNext(
  trx: Transaction<Schema>,
): Promise<{ readonly count: number; readonly last: number | null }> {
  const { rows } = await sql<{ count: number; last: number | null }>`
    select count(*) as count, max(key) as last from (
      select key, sum(length(text)) over (order by key rows unbounded preceding) - length(text) as before
      from messages where key > (select indexed_key from search_progress)
      order by key limit ${sql.lit(MAX_INDEXED_AT_ONCE)}
    ) where before < ${sql.lit(MAX_CHARACTERS_AT_ONCE)}`.execute(trx);
  return rows[0] ?? { count: 0, last: null };
}

/** Makes the index anew from what is stored, so that nothing is left in it of what it has forgotten. */
export const REBUILD_INDEX = `
  insert into message_search (message_search) values ('delete-all');
  insert into message_search (rowid, text) select key, text from messages where text <> '';
  update search_progress set indexed_key = (select coalesce(max(key), 0) from messages)`;
