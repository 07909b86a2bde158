import { type Kysely, sql } from "kysely";
import { TOKENIZER_VERSION } from "../../domain/search/tokenizer.ts";
import type { Schema } from "../tables/schema.ts";
import { addWords, forget } from "./search.ts";

const MESSAGES_AT_ONCE = 500;

/** Notes that all messages need the words of this tokenizer, unless a newer one's are asked for already. */
export async function startRewording(db: Kysely<Schema>, version = TOKENIZER_VERSION): Promise<void> {
  await sql`update search_tokenizer set version = ${version}, done_key = 0 where version < ${version}`.execute(
    db,
  );
}

/** Takes the words of some more messages from the tokenizer. Returns false once all have them. */
export async function rewordSome(db: Kysely<Schema>): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    // Another process that is at it is left to it.
    const { rows } = await sql<{ done_key: number }>`
      select done_key from search_tokenizer where done_key is not null for update skip locked`.execute(trx);
    const [state] = rows;
    if (!state) return false;
    const next = trx
      .selectFrom("messages")
      .where("key", ">", state.done_key)
      .orderBy("key")
      .limit(MESSAGES_AT_ONCE);
    // Locked, so that nobody edits them meanwhile.
    const messages = await next.select(["key", "room_id", "seq", "text"]).forUpdate().execute();
    const last = messages.at(-1);
    await forget(trx, next.select("key"));
    await addWords(trx, messages);
    await sql`update search_tokenizer set done_key = ${last?.key ?? null}`.execute(trx);
    return last !== undefined;
  });
}
