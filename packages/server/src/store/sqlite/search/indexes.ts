import { type Kysely, sql } from "kysely";
import { TOKENIZER_VERSION } from "../../../domain/search/tokenizer.ts";
import type { Schema } from "../../tables/schema.ts";

/**
 * A full-text index of messages: a table of their tokens, and FTS5 over it. A newer tokenizer gets an index of its own,
 * which is filled while the older one still answers.
 */
export interface SearchIndex {
  readonly id: number;
  readonly version: number;
  /** The index has every message up to this key, and none after it. */
  readonly indexedKey: number;
  readonly isServing: boolean;
  /** Says if its pages still have words that were taken out, and if `purgeSome` is removing them. */
  readonly purge: "none" | "requested" | "running";
}

/** The tables of an index, as SQL has them. */
export function tablesOf({ id }: Pick<SearchIndex, "id">) {
  return { tokens: sql.table(`search_tokens_${id}`), words: sql.table(`search_words_${id}`) };
}

/** Returns the indexes that are kept up to date, the oldest first. */
export async function readIndexes(db: Kysely<Schema>): Promise<readonly SearchIndex[]> {
  const rows = await db.selectFrom("search_indexes").selectAll().orderBy("id").execute();
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    indexedKey: Number(row.indexed_key),
    isServing: row.is_serving === 1,
    purge: row.purge,
  }));
}

/** Returns the index that answers searches. */
export async function readServing(db: Kysely<Schema>): Promise<SearchIndex> {
  const serving = (await readIndexes(db)).find(({ isServing }) => isServing);
  if (!serving) throw new Error("no search index answers");
  return serving;
}

/** Makes sure that there is an index of this tokenizer, and drops those that no longer answer. Runs at start. */
export async function prepareIndexes(db: Kysely<Schema>, version = TOKENIZER_VERSION): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const indexes = await readIndexes(trx);
    for (const index of indexes) {
      if (!index.isServing && index.version !== version) await drop(trx, index);
    }
    if (indexes.some((index) => index.version === version)) return;
    const { id } = await trx
      .insertInto("search_indexes")
      .values({ version, indexed_key: 0, is_serving: indexes.length === 0 ? 1 : 0, purge: "none" })
      .returning("id")
      .executeTakeFirstOrThrow();
    const { tokens, words } = tablesOf({ id });
    await sql`create table ${tokens} (key integer primary key, room text not null, tokens text not null)`.execute(
      trx,
    );
    // Tokens are separated by blanks and have no other ASCII separator: this tokenizer takes them as they are.
    await sql`create virtual table ${words} using fts5(
      room, tokens, content = ${sql.lit(`search_tokens_${id}`)}, content_rowid = 'key', tokenize = 'ascii'
    )`.execute(trx);
    // Also merges of only two pieces are made: `purgeSome` needs them.
    await sql`insert into ${words} (${words}, rank) values ('usermerge', 2)`.execute(trx);
  });
}

/** Lets an index answer in place of the older one. The next start drops that one. */
export async function serveFrom(trx: Kysely<Schema>, { id }: SearchIndex): Promise<void> {
  await trx
    .updateTable("search_indexes")
    .set({ is_serving: sql<number>`id = ${id}` })
    .execute();
}

async function drop(trx: Kysely<Schema>, index: SearchIndex): Promise<void> {
  const { tokens, words } = tablesOf(index);
  await sql`drop table ${words}`.execute(trx);
  await sql`drop table ${tokens}`.execute(trx);
  await trx.deleteFrom("search_indexes").where("id", "=", index.id).execute();
}
