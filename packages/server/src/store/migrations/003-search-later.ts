import { type Kysely, sql } from "kysely";

/**
 * Messages are indexed for search some time after they were stored, many with one transaction. What the index has
 * is what is at or before `search_progress.indexed_key`, which moves in the transaction that indexes.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`create table search_progress (indexed_key integer not null)`.execute(db);
  await sql`insert into search_progress select coalesce(max(key), 0) from messages`.execute(db);
  for (const trigger of ["insert", "delete", "update"]) {
    await sql`drop trigger ${sql.ref(`message_search_${trigger}`)}`.execute(db);
  }
  // To take from the index what it has not would spoil it: what waits to be indexed is left alone. After the newest
  // message is gone its key is given again, and must then count as not indexed.
  await sql`create trigger message_search_delete after delete on messages begin
    insert into message_search (message_search, rowid, text)
      select 'delete', old.key, old.text from search_progress where old.text <> '' and old.key <= indexed_key;
    update search_progress set indexed_key = (select coalesce(max(key), 0) from messages)
      where indexed_key > (select coalesce(max(key), 0) from messages);
  end`.execute(db);
  await sql`create trigger message_search_update after update of text on messages
    when old.key <= (select indexed_key from search_progress) begin
    insert into message_search (message_search, rowid, text)
      select 'delete', old.key, old.text where old.text <> '';
    insert into message_search (rowid, text) select new.key, new.text where new.text <> '';
  end`.execute(db);
}
