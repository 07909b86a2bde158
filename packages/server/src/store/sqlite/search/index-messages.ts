import { type Expression, type Kysely, sql, type Transaction } from "kysely";
import type { RoomId } from "../../../domain/ids.ts";
import { toIndexed } from "../../../domain/search/tokenizer.ts";
import type { Schema } from "../../tables/schema.ts";
import { readIndexes, type SearchIndex, serveFrom, tablesOf } from "./indexes.ts";
import { requestPurge } from "./purge.ts";

/** The most that one transaction indexes: some 15 ms where texts are short, some 50 where they are long. */
export const MAX_INDEXED_AT_ONCE = 1_000;
const MAX_CHARACTERS_AT_ONCE = 1_000_000;

/** Adds the oldest messages that the serving index lacks. Returns their number. */
export async function indexSome(db: Kysely<Schema>): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const serving = (await readIndexes(trx)).find(({ isServing }) => isServing);
    return serving ? addNext(trx, serving) : 0;
  });
}

/** Takes a newer tokenizer's index a step further, and lets it answer once it has caught up. Returns false then. */
export async function rebuildSome(db: Kysely<Schema>): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const indexes = await readIndexes(trx);
    const next = indexes.find(({ isServing }) => !isServing);
    if (!next || next.id < Math.max(...indexes.map(({ id }) => id))) return false;
    if ((await addNext(trx, next)) > 0) return true;
    await serveFrom(trx, next);
    return false;
  });
}

/** The index and its mark change together: what a crash undoes is indexed later. */
async function addNext(trx: Transaction<Schema>, index: SearchIndex): Promise<number> {
  const rows = await trx
    .selectFrom("messages")
    .select(["key", "room_id", "text"])
    .where("key", ">", index.indexedKey)
    .orderBy("key")
    .limit(MAX_INDEXED_AT_ONCE)
    .execute();
  const taken = takeCharacters(rows);
  const last = taken.at(-1);
  if (!last) return 0;
  await addTokens(trx, index, taken);
  await trx.updateTable("search_indexes").set({ indexed_key: last.key }).where("id", "=", index.id).execute();
  return taken.length;
}

interface IndexedMessage {
  readonly key: number;
  readonly room_id: string;
  readonly text: string;
}

function takeCharacters(rows: readonly IndexedMessage[]): readonly IndexedMessage[] {
  let characters = 0;
  const end = rows.findIndex(({ text }) => {
    const isFull = characters >= MAX_CHARACTERS_AT_ONCE;
    characters += text.length;
    return isFull;
  });
  return end === -1 ? rows : rows.slice(0, end);
}

/** Adds messages that the index does not have. */
async function addTokens(
  trx: Transaction<Schema>,
  index: SearchIndex,
  messages: readonly IndexedMessage[],
): Promise<void> {
  const rows = messages.flatMap(({ key, room_id, text }) => {
    const tokens = toIndexed(text);
    return tokens === "" ? [] : [[key, roomToken(room_id), tokens]];
  });
  if (rows.length === 0) return;
  const { tokens, words } = tablesOf(index);
  const [first = [], last = []] = [rows[0], rows.at(-1)];
  await sql`insert into ${tokens} select value ->> 0, value ->> 1, value ->> 2 from json_each(${JSON.stringify(rows)})`.execute(
    trx,
  );
  await sql`insert into ${words} (rowid, room, tokens)
    select key, room, tokens from ${tokens} where key between ${first[0]} and ${last[0]}`.execute(trx);
}

/**
 * Takes the messages with these keys out of every index. Call it before their rows go. FTS5 only notes that they are gone;
 * `purgeSome` removes their words from its pages.
 */
export async function forgetTokens(
  trx: Transaction<Schema>,
  keys: Expression<{ readonly key: number }>,
): Promise<void> {
  for (const index of await readIndexes(trx)) {
    const { tokens, words } = tablesOf(index);
    await sql`insert into ${words} (${words}, rowid, room, tokens)
      select 'delete', key, room, tokens from ${tokens} where key in (${keys})`.execute(trx);
    const { numAffectedRows = 0n } = await sql`delete from ${tokens} where key in (${keys})`.execute(trx);
    if (numAffectedRows > 0n) await requestPurge(trx, index);
  }
}

/** Replaces the tokens of a message that has another text now, in the indexes that have come to it. */
export async function replaceTokens(
  trx: Transaction<Schema>,
  { roomId, seq }: { readonly roomId: RoomId; readonly seq: number },
): Promise<void> {
  const select = trx.selectFrom("messages").where("room_id", "=", roomId).where("seq", "=", seq);
  await forgetTokens(trx, select.select("key"));
  const message = await select.select(["key", "room_id", "text"]).executeTakeFirstOrThrow();
  for (const index of await readIndexes(trx)) {
    if (message.key <= index.indexedKey) await addTokens(trx, index, [message]);
  }
}

/**
 * The token of a room. The FTS5 tokenizer knows no case and splits words at ASCII punctuation, so the id is spelt in
 * letters and digits.
 */
export function roomToken(roomId: string): string {
  return Buffer.from(roomId).toString("hex");
}
