import type { Kysely } from "kysely";
import { decide } from "../../../domain/access/decide.ts";
import { requireAllowed } from "../../../domain/access/decisions.ts";
import { type Message, messageNow } from "../../../domain/messages/message.ts";
import { cutPage } from "../../../domain/pages.ts";
import { dialectOf, type Hit } from "../../dialect.ts";
import type { SearchQuery, SearchResult } from "../../port/search.ts";
import { selectMessages, toMessage } from "../../tables/messages.ts";
import type { Schema } from "../../tables/schema.ts";
import { allSeenBy } from "../messages/seen.ts";
import type { Operation } from "../operation.ts";
import { Scope } from "./scope.ts";

/** The most messages that one call looks at, and the time after which it takes no more of them. */
const MAX_LOOKED_AT = 5_000;
const MAX_MS = 25;
const MIN_LOOK = 100;
const MAX_LOOK = 1_000;

/** See `SearchStore.searchMessages`. The newest messages come first, all from one state of the database. */
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
  const lookFurther = await dialectOf(db).search.open(db);
  const startedAtMs = nowMs();
  const found: Hit[] = [];
  let before = query.before === 0 ? Number.MAX_SAFE_INTEGER : query.before;
  let lookedAt = 0;
  // One more than the page holds tells if there is more.
  while (before > 0 && found.length <= query.limit) {
    if (lookedAt >= MAX_LOOKED_AT || nowMs() - startedAtMs > MAX_MS) break;
    const limit = Math.min(MAX_LOOK, Math.max(MIN_LOOK, 2 * lookedAt));
    const look = await lookFurther({ words: query.words, roomIds: scope.roomIds, before, limit });
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
