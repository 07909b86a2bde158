import { type Kysely, sql } from "kysely";
import { decide } from "../../../domain/access/decide.ts";
import { requireAllowed } from "../../../domain/access/decisions.ts";
import { type Message, messageNow } from "../../../domain/messages/message.ts";
import { cutPage } from "../../../domain/pages.ts";
import { matches } from "../../../domain/search/matches.ts";
import { tokenize } from "../../../domain/search/tokenizer.ts";
import type { SearchQuery, SearchResult } from "../../port/search.ts";
import { selectMessages, toMessage } from "../../tables/messages.ts";
import type { Schema } from "../../tables/schema.ts";
import { allSeenBy } from "../messages/seen.ts";
import type { Operation } from "../operation.ts";
import { readServing, type SearchIndex, tablesOf } from "./indexes.ts";
import { toMatch } from "./match.ts";
import { Scope } from "./scope.ts";

/** The most messages that one call looks at, and the time after which it takes no more of them. */
const MAX_LOOKED_AT = 5_000;
const MAX_MS = 25;
const MIN_LOOK = 100;
const MAX_LOOK = 1_000;

/** A message that has the words, by its place in the order of all messages. */
interface Hit {
  readonly key: number;
  readonly room_id: string;
  readonly seq: number;
  readonly sender_id: string;
}

interface Look {
  /** Newest first. */
  readonly hits: readonly Hit[];
  /** The key down to which all messages have been looked at; 0: there are no older ones. */
  readonly reached: number;
  readonly lookedAt: number;
}

/**
 * See `SearchStore.searchMessages`. The index answers with the newest messages first; those that it lacks yet are all
 * newer and are compared one by one. Both are read from one state of the database.
 */
export const searchMessages: Operation<"searchMessages"> = (db, query) =>
  searchWithin(db, query, () => performance.now());

/** Searches with this clock. */
export async function searchWithin(
  db: Kysely<Schema>,
  query: SearchQuery,
  nowMs: () => number,
): Promise<SearchResult> {
  const scope = await Scope.read(db, query);
  for (const roomId of query.roomIds) {
    requireAllowed(decide(query.actor, "read", scope.standingIn(roomId), query.nowMs), "room_ids");
  }
  const index = await readServing(db);
  const startedAtMs = nowMs();
  const found: Hit[] = [];
  let before = query.before === 0 ? Number.MAX_SAFE_INTEGER : query.before;
  let lookedAt = 0;
  // One more than the page holds tells if there is more.
  while (before > 0 && found.length <= query.limit) {
    if (lookedAt >= MAX_LOOKED_AT || nowMs() - startedAtMs > MAX_MS) break;
    const limit = Math.min(MAX_LOOK, Math.max(MIN_LOOK, 2 * lookedAt));
    const look = await lookFurther(db, { query, scope, index, before, limit });
    found.push(...(await scope.readable(look.hits)));
    before = look.reached;
    lookedAt += look.lookedAt;
  }
  const hits = found.slice(0, query.limit);
  const read = await readMessages(db, hits, query.nowMs);
  const page = cutPage(read, query);
  const last = page.length < read.length ? page.at(-1) : found.length > hits.length ? hits.at(-1) : null;
  const messages = page.map(({ message }) => message);
  return { messages: await allSeenBy(db, query.actor.id, messages), next: last?.key ?? before };
}

interface Further {
  readonly query: SearchQuery;
  readonly scope: Scope;
  readonly index: SearchIndex;
  readonly before: number;
  readonly limit: number;
}

function lookFurther(db: Kysely<Schema>, further: Further): Promise<Look> {
  return further.before > further.index.indexedKey + 1 ? lookAtTail(db, further) : lookInIndex(db, further);
}

/** Compares messages that the index lacks. */
async function lookAtTail(db: Kysely<Schema>, { query, index, before, limit }: Further): Promise<Look> {
  const rows = await db
    .selectFrom("messages")
    .select(["key", "room_id", "seq", "sender_id", "text"])
    .where("key", ">", index.indexedKey)
    .where("key", "<", before)
    .orderBy("key", "desc")
    .limit(limit)
    .execute();
  const hits = rows.filter(({ text }) => matches(tokenize(text), query.words));
  const reached = rows.length < limit ? index.indexedKey + 1 : (rows.at(-1)?.key ?? 0);
  return { hits, reached, lookedAt: rows.length };
}

async function lookInIndex(
  db: Kysely<Schema>,
  { query, scope, index, before, limit }: Further,
): Promise<Look> {
  const match = toMatch(query.words, scope.roomIds);
  if (match === null) return { hits: [], reached: 0, lookedAt: 0 };
  const { words } = tablesOf(index);
  const { rows } = await sql<Hit>`
    select hits.key, messages.room_id, messages.seq, messages.sender_id
    from (
      select rowid as key from ${words} where ${words} match ${match} and rowid < ${before}
      order by rowid desc limit ${limit}
    ) as hits cross join messages on messages.key = hits.key
    order by hits.key desc`.execute(db);
  return { hits: rows, reached: rows.length < limit ? 0 : (rows.at(-1)?.key ?? 0), lookedAt: rows.length };
}

async function readMessages(
  db: Kysely<Schema>,
  hits: readonly Hit[],
  nowMs: number,
): Promise<readonly { readonly key: number; readonly message: Message }[]> {
  if (hits.length === 0) return [];
  const rows = await selectMessages(db)
    .select("messages.key")
    .where(
      "messages.key",
      "in",
      hits.map(({ key }) => key),
    )
    .orderBy("messages.key", "desc")
    .execute();
  return rows
    .map((row) => ({ key: row.key, message: messageNow(toMessage(row), nowMs) }))
    .filter(({ message }) => !message.deleted);
}
