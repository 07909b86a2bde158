import { type Kysely, sql } from "kysely";

/** Rooms with their members and messages, and the lobby. */
export async function up(db: Kysely<never>): Promise<void> {
  await createRooms(db);
  await createMembers(db);
  await createMessages(db);
  await createMarks(db);
  await createSearch(db);
  await openLobby(db);
}

async function createRooms(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable("rooms")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull().defaultTo("active"))
    .addColumn("title", "text", (column) => column.notNull().defaultTo(""))
    .addColumn("title_key", "text", (column) => column.notNull().defaultTo(""))
    .addColumn("topic", "text", (column) => column.notNull().defaultTo(""))
    .addColumn("public", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("join_rule", "text", (column) => column.notNull().defaultTo("invite"))
    .addColumn("history_visibility", "text", (column) => column.notNull().defaultTo("full"))
    .addColumn("slow_mode_ms", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("retention_ms", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("max_members", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("member_permissions", "text", (column) => column.notNull().defaultTo("[]"))
    .addColumn("required_likes", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("labels", "text", (column) => column.notNull().defaultTo("{}"))
    .addColumn("direct_key", "text", (column) => column.unique())
    .addColumn("request_key", "text", (column) => column.unique())
    .addColumn("last_seq", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("first_seq", "bigint", (column) => column.notNull().defaultTo(1))
    .addColumn("revision", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("changed_revision", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("sight_revision", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("erased_revision", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("last_message_at", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("member_count", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("version", "bigint", (column) => column.notNull().defaultTo(1))
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("rooms_by_title")
    .on("rooms")
    .columns(["public", "state", "title_key", "id"])
    .execute();
  await sql`create index rooms_by_retention on rooms (retention_ms) where retention_ms > 0`.execute(db);
}

async function createMembers(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable("members")
    .addColumn("room_id", "text", (column) => column.notNull().references("rooms.id"))
    .addColumn("user_id", "text", (column) => column.notNull().references("users.id"))
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("expires_at", "bigint")
    .addColumn("muted_until", "bigint")
    .addColumn("allow", "text", (column) => column.notNull().defaultTo("[]"))
    .addColumn("deny", "text", (column) => column.notNull().defaultTo("[]"))
    .addColumn("next_end_at", "bigint")
    .addColumn("joined_seq", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("read_seq", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("revision", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("members_primary_key", ["room_id", "user_id"])
    .execute();
  await db.schema
    .createIndex("members_by_user")
    .on("members")
    .columns(["user_id", "state", "room_id"])
    .execute();
  await db.schema.createIndex("members_by_revision").on("members").columns(["room_id", "revision"]).execute();
  await sql`create index members_by_end on members (next_end_at) where next_end_at is not null`.execute(db);
}

async function createMessages(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable("messages")
    // What the search index knows a message by: a number of its own, which stays when the file is written anew.
    .addColumn("key", "integer", (column) => column.primaryKey())
    .addColumn("room_id", "text", (column) => column.notNull().references("rooms.id"))
    .addColumn("seq", "bigint", (column) => column.notNull())
    .addColumn("revision", "bigint", (column) => column.notNull())
    .addColumn("id", "text", (column) => column.notNull())
    .addColumn("client_message_id", "text")
    .addColumn("content_hash", "text")
    .addColumn("sender_id", "text", (column) => column.notNull().references("users.id"))
    .addColumn("text", "text", (column) => column.notNull())
    .addColumn("reply_to_seq", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("thread_root_seq", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("mentions", "text", (column) => column.notNull().defaultTo("[]"))
    .addColumn("reactions", "text", (column) => column.notNull().defaultTo("[]"))
    .addColumn("pinned", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("deleted", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("payload", "text", (column) => column.notNull().defaultTo(""))
    .addColumn("payload_type", "text", (column) => column.notNull().defaultTo(""))
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint")
    .execute();
  await sql`create unique index messages_by_seq on messages (room_id, seq)`.execute(db);
  await sql`create index messages_by_revision on messages (room_id, revision)`.execute(db);
  await sql`create index messages_by_sender on messages (sender_id, room_id, seq)`.execute(db);
  await sql`create unique index messages_by_client_id on messages (sender_id, client_message_id)
    where client_message_id is not null`.execute(db);
  await sql`create index messages_by_thread on messages (room_id, thread_root_seq, seq)
    where thread_root_seq > 0`.execute(db);
  await sql`create index messages_pinned on messages (room_id, seq) where pinned = 1`.execute(db);
  await sql`create index messages_deleted on messages (room_id, seq) where deleted = 1`.execute(db);
  await sql`create index messages_by_end on messages (expires_at) where expires_at is not null`.execute(db);
}

async function createMarks(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable("reactions")
    .addColumn("room_id", "text", (column) => column.notNull())
    .addColumn("seq", "bigint", (column) => column.notNull())
    .addColumn("emoji", "text", (column) => column.notNull())
    .addColumn("user_id", "text", (column) => column.notNull().references("users.id"))
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("reactions_primary_key", ["room_id", "seq", "emoji", "user_id"])
    .execute();
  await db.schema.createIndex("reactions_by_user").on("reactions").column("user_id").execute();
  await db.schema
    .createTable("mentions")
    .addColumn("user_id", "text", (column) => column.notNull())
    .addColumn("room_id", "text", (column) => column.notNull())
    .addColumn("seq", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("mentions_primary_key", ["user_id", "room_id", "seq"])
    .execute();
  await db.schema.createIndex("mentions_by_message").on("mentions").columns(["room_id", "seq"]).execute();
}

/** SQLite's own full-text index. Its rows come and go with those of `messages`, whoever changes them. */
async function createSearch(db: Kysely<never>): Promise<void> {
  await sql`create virtual table message_search using fts5(
    text, content = 'messages', content_rowid = 'key', tokenize = "unicode61 remove_diacritics 2"
  )`.execute(db);
  // What is deleted leaves no trace in the index's pages.
  await sql`insert into message_search (message_search, rank) values ('secure-delete', 1)`.execute(db);
  await sql`create trigger message_search_insert after insert on messages when new.text <> '' begin
    insert into message_search (rowid, text) values (new.key, new.text);
  end`.execute(db);
  await sql`create trigger message_search_delete after delete on messages when old.text <> '' begin
    insert into message_search (message_search, rowid, text) values ('delete', old.key, old.text);
  end`.execute(db);
  // One trigger for both steps: SQLite does not say which of two runs first, and the old text must go before.
  await sql`create trigger message_search_update after update of text on messages begin
    insert into message_search (message_search, rowid, text)
      select 'delete', old.key, old.text where old.text <> '';
    insert into message_search (rowid, text) select new.key, new.text where new.text <> '';
  end`.execute(db);
}

/** The room of the simple contract: open to everyone, and nobody's own. */
async function openLobby(db: Kysely<never>): Promise<void> {
  const typed = db as unknown as Kysely<{ rooms: Record<string, string | number> }>;
  const nowMs = Date.now();
  await typed
    .insertInto("rooms")
    .values({
      id: "lobby",
      kind: "group",
      title: "Lobby",
      title_key: "lobby",
      public: 1,
      join_rule: "open",
      created_at: nowMs,
      updated_at: nowMs,
    })
    .execute();
}
