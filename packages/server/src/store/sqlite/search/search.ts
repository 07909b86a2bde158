import { type Kysely, sql } from "kysely";
import { matches } from "../../../domain/search/matches.ts";
import { tokenize } from "../../../domain/search/tokenizer.ts";
import type { Hit, Look, LookFurther, SearchDialect } from "../../dialect.ts";
import type { Schema } from "../../tables/schema.ts";
import { forgetTokens, replaceTokens } from "./index-messages.ts";
import { readServing, type SearchIndex, tablesOf } from "./indexes.ts";
import { toMatch } from "./match.ts";

/**
 * Searches with FTS5. The index answers with the newest messages first; those that it lacks yet are all newer and are
 * compared one by one. Both are read from one state of the database.
 */
export const sqliteSearch: SearchDialect = {
  // Indexed later, many with one transaction: see `Indexing`.
  async added() {},
  forget: forgetTokens,
  replace: replaceTokens,
  async open(db) {
    const index = await readServing(db);
    return (further) =>
      further.before > index.indexedKey + 1
        ? lookAtTail(db, index, further)
        : lookInIndex(db, index, further);
  },
};

/** Compares messages that the index lacks. */
async function lookAtTail(
  db: Kysely<Schema>,
  index: SearchIndex,
  { words, before, limit }: LookFurther,
): Promise<Look> {
  const rows = await db
    .selectFrom("messages")
    .select(["key", "room_id", "seq", "sender_id", "text"])
    .where("key", ">", index.indexedKey)
    .where("key", "<", before)
    .orderBy("key", "desc")
    .limit(limit)
    .execute();
  const hits = rows.filter(({ text }) => matches(tokenize(text), words));
  const reached = rows.length < limit ? index.indexedKey + 1 : (rows.at(-1)?.key ?? 0);
  return { hits, reached, lookedAt: rows.length };
}

async function lookInIndex(
  db: Kysely<Schema>,
  index: SearchIndex,
  { words, roomIds, before, limit }: LookFurther,
): Promise<Look> {
  const match = toMatch(words, roomIds);
  if (match === null) return { hits: [], reached: 0, lookedAt: 0 };
  const { words: indexed } = tablesOf(index);
  const { rows } = await sql<Hit>`
    select hits.key, messages.room_id, messages.seq, messages.sender_id
    from (
      select rowid as key from ${indexed} where ${indexed} match ${match} and rowid < ${before}
      order by rowid desc limit ${limit}
    ) as hits cross join messages on messages.key = hits.key
    order by hits.key desc`.execute(db);
  return { hits: rows, reached: rows.length < limit ? 0 : (rows.at(-1)?.key ?? 0), lookedAt: rows.length };
}
