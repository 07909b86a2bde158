import { type Kysely, sql } from "kysely";
import { tablesOf } from "../../dialect.ts";

/** Messages, with their reactions and mentions. */
export async function createMessages(db: Kysely<never>): Promise<void> {
  await createMessageTable(db);
  await createMarks(db);
  await createErasures(db);
}

async function createMessageTable(db: Kysely<never>): Promise<void> {
  const { text, bytes, numbers } = tablesOf(db);
  await db.schema
    .createTable("messages")
    // The search index knows a message by this number. It is never given again, and stays when the file is rewritten.
    .addColumn("key", numbers.type, numbers.build)
    .addColumn("room_id", text, (column) => column.notNull().references("rooms.id"))
    .addColumn("seq", "bigint", (column) => column.notNull())
    .addColumn("revision", "bigint", (column) => column.notNull())
    .addColumn("id", text, (column) => column.notNull())
    .addColumn("client_message_id", text)
    .addColumn("repeat_key", text)
    .addColumn("content_hash", text)
    .addColumn("sender_id", text, (column) => column.notNull().references("users.id"))
    .addColumn("text", text, (column) => column.notNull())
    .addColumn("reply_to_seq", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("thread_root_seq", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("mentions", text, (column) => column.notNull().defaultTo("[]"))
    .addColumn("reactions", text, (column) => column.notNull().defaultTo("[]"))
    .addColumn("pinned", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("deleted", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("payload", bytes)
    .addColumn("payload_type", text)
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint")
    .execute();
  await sql`create unique index messages_by_seq on messages (room_id, seq)`.execute(db);
  await sql`create index messages_by_revision on messages (room_id, revision)`.execute(db);
  await sql`create index messages_by_sender on messages (sender_id, room_id, seq, deleted)`.execute(db);
  await sql`create unique index messages_by_client_id on messages (sender_id, client_message_id)
    where client_message_id is not null`.execute(db);
  // Tombstones alone: the keys have no order, so that each would change another page of an index of all messages.
  await sql`create unique index messages_by_repeat_key on messages (sender_id, repeat_key)
    where deleted = 1 and repeat_key is not null`.execute(db);
  await sql`create index messages_by_thread on messages (room_id, thread_root_seq, seq)
    where thread_root_seq > 0`.execute(db);
  await sql`create index messages_pinned on messages (room_id, seq) where pinned = 1`.execute(db);
  await sql`create index messages_deleted on messages (room_id, seq) where deleted = 1`.execute(db);
  await sql`create index messages_by_end on messages (expires_at) where expires_at is not null`.execute(db);
  await sql`create index messages_ending on messages (room_id, expires_at, seq, sender_id)
    where expires_at is not null`.execute(db);
}

async function createMarks(db: Kysely<never>): Promise<void> {
  const { text } = tablesOf(db);
  await db.schema
    .createTable("reactions")
    .addColumn("room_id", text, (column) => column.notNull())
    .addColumn("seq", "bigint", (column) => column.notNull())
    .addColumn("emoji", text, (column) => column.notNull())
    .addColumn("user_id", text, (column) => column.notNull().references("users.id"))
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("reactions_primary_key", ["room_id", "seq", "emoji", "user_id"])
    .execute();
  await db.schema.createIndex("reactions_by_user").on("reactions").column("user_id").execute();
  await db.schema
    .createTable("mentions")
    .addColumn("user_id", text, (column) => column.notNull())
    .addColumn("room_id", text, (column) => column.notNull())
    .addColumn("seq", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("mentions_primary_key", ["user_id", "room_id", "seq"])
    .execute();
  await db.schema.createIndex("mentions_by_message").on("mentions").columns(["room_id", "seq"]).execute();
}

/** Rooms and users with content left to erase, one a row. */
async function createErasures(db: Kysely<never>): Promise<void> {
  const { text, numbers } = tablesOf(db);
  await db.schema
    .createTable("erasures")
    .addColumn("key", numbers.type, numbers.build)
    .addColumn("room_id", text, (column) => column.references("rooms.id"))
    .addColumn("user_id", text, (column) => column.references("users.id"))
    .addColumn("actor_id", text, (column) => column.notNull())
    .addColumn("done_room_id", text, (column) => column.notNull().defaultTo(""))
    .addColumn("done_seq", "bigint", (column) => column.notNull().defaultTo(0))
    .execute();
}
