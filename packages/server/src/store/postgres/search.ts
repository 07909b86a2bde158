import { type Expression, type Kysely, sql, type Transaction } from "kysely";
import { matches } from "../../domain/search/matches.ts";
import type { SearchTerm, SearchWords } from "../../domain/search/query.ts";
import { tokenize } from "../../domain/search/tokenizer.ts";
import type { Hit, Look, LookFurther, SearchDialect } from "../dialect.ts";
import type { Schema } from "../tables/schema.ts";

interface Words {
  readonly room_id: string;
  readonly seq: number;
  readonly text: string;
}

/**
 * Searches in a table of the messages' tokens, which a GIN index has: written with the messages, and as a set. So the index
 * gives the messages that have all words, and those of them whose words don't stand as asked for are left out.
 */
export const postgresSearch: SearchDialect = {
  async added(trx, messages) {
    await addWords(
      trx,
      messages.map(({ message, outcome }) => ({
        room_id: message.roomId,
        seq: outcome.seq,
        text: message.text,
      })),
    );
  },
  forget,
  async replace(trx, { roomId, seq }) {
    const message = trx.selectFrom("messages").where("room_id", "=", roomId).where("seq", "=", seq);
    await forget(trx, message.select("key"));
    await addWords(trx, await message.select(["room_id", "seq", "text"]).execute());
  },
  open: async (db) => (further) => look(db, further),
};

export async function addWords(trx: Transaction<Schema>, messages: readonly Words[]): Promise<void> {
  const rows = messages.flatMap(({ room_id, seq, text }) => {
    const tokens = tokenize(text);
    return tokens.length === 0 ? [] : [{ room_id, seq, words: [roomToken(room_id), ...tokens] }];
  });
  if (rows.length === 0) return;
  await sql`insert into search_words (key, words)
    select messages.key, array_to_tsvector(added.words)
    from json_to_recordset(${JSON.stringify(rows)}::json) as added (room_id text, seq bigint, words text[])
    inner join messages on messages.room_id = added.room_id and messages.seq = added.seq`.execute(trx);
}

export async function forget(
  trx: Transaction<Schema>,
  keys: Expression<{ readonly key: number }>,
): Promise<void> {
  await sql`delete from search_words where key in (${keys})`.execute(trx);
}

async function look(db: Kysely<Schema>, { words, roomIds, before, limit }: LookFurther): Promise<Look> {
  if (roomIds?.length === 0) return { hits: [], reached: 0, lookedAt: 0 };
  const { rows } = await sql<Hit & { readonly text: string }>`
    select messages.key, messages.room_id, messages.seq, messages.sender_id, messages.text
    from search_words inner join messages on messages.key = search_words.key
    where search_words.words @@ ${toQuery(words, roomIds)}::tsquery and search_words.key < ${before}
    order by search_words.key desc limit ${limit}`.execute(db);
  const hits = rows.filter(({ text }) => matches(tokenize(text), words));
  return { hits, reached: rows.length < limit ? 0 : (rows.at(-1)?.key ?? 0), lookedAt: rows.length };
}

/** Writes a search as PostgreSQL reads it. What is said about the order of words is left to `matches`. */
function toQuery({ wanted, excluded }: SearchWords, roomIds: readonly string[] | null): string {
  const rooms =
    roomIds === null ? [] : [`(${roomIds.map((roomId) => quote(roomToken(roomId))).join(" | ")})`];
  const without = excluded.filter(({ tokens }) => tokens.length === 1).map((term) => `!${toTerm(term)}`);
  return [...rooms, ...wanted.map(toTerm), ...without].join(" & ");
}

function toTerm({ tokens, isPrefix }: SearchTerm): string {
  const last = tokens.length - 1;
  const all = tokens.map((token, index) => `${quote(token)}${isPrefix && index === last ? ":*" : ""}`);
  return `(${all.join(" & ")})`;
}

function quote(token: string): string {
  return `'${token.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** The token of a room. No word begins like this. */
function roomToken(roomId: string): string {
  return `@${roomId}`;
}
