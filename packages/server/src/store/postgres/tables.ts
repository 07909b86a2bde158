import { type Kysely, sql } from "kysely";
import { TOKENIZER_VERSION } from "../../domain/search/tokenizer.ts";
import type { TableDialect } from "../dialect.ts";

export const postgresTables: TableDialect = {
  // Ordered as in every other database, whatever the language of this one.
  text: sql`text collate "C"`,
  bytes: "bytea",
  numbers: { type: "bigint", build: (column) => column.primaryKey().generatedByDefaultAsIdentity() },
  protectAudit,
  createOwn,
};

async function protectAudit(db: Kysely<never>): Promise<void> {
  await sql`create function audit_refuses() returns trigger language plpgsql as $$
    begin raise exception 'the audit trail is append-only'; end $$`.execute(db);
  const refusals = {
    delete: sql`before delete on audit for each row`,
    truncate: sql`before truncate on audit for each statement`,
    update: sql`before update of seq, at, action, actor_id, service_id, target_id, detail on audit for each row`,
    address: sql`before update of address on audit for each row when (new.address <> '')`,
  };
  for (const [name, change] of Object.entries(refusals)) {
    await sql`create trigger ${sql.ref(`audit_refuses_${name}`)} ${change} execute function audit_refuses()`.execute(
      db,
    );
  }
}

async function createOwn(db: Kysely<never>): Promise<void> {
  await createSearch(db);
  await createKeys(db);
}

/** The words of each message, as a set, and the version of the tokenizer that makes them. */
async function createSearch(db: Kysely<never>): Promise<void> {
  await sql`create table search_words (
    key bigint primary key references messages (key) on delete cascade,
    words tsvector not null)`.execute(db);
  await sql`create index search_words_by_word on search_words using gin (words)`.execute(db);
  // Null for a version whose words all messages have; else those have them up to this key.
  await sql`create table search_tokenizer (version integer not null, done_key bigint)`.execute(db);
  await sql`insert into search_tokenizer (version) values (${TOKENIZER_VERSION})`.execute(db);
}

/** The keys that all processes share. */
async function createKeys(db: Kysely<never>): Promise<void> {
  await sql`create table signing_keys (
    id text primary key, created_at bigint not null, jwk text not null)`.execute(db);
  await sql`create table secrets (name text primary key, value text not null)`.execute(db);
}
