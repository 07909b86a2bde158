import { type Kysely, sql } from "kysely";
import { tablesOf } from "../../dialect.ts";

/** Rooms with their members, and the lobby. */
export async function createRooms(db: Kysely<never>): Promise<void> {
  await createRoomTable(db);
  await createMembers(db);
  await openLobby(db);
}

async function createRoomTable(db: Kysely<never>): Promise<void> {
  const { text } = tablesOf(db);
  await db.schema
    .createTable("rooms")
    .addColumn("id", text, (column) => column.primaryKey())
    .addColumn("kind", text, (column) => column.notNull())
    .addColumn("state", text, (column) => column.notNull().defaultTo("active"))
    .addColumn("title", text, (column) => column.notNull().defaultTo(""))
    .addColumn("title_key", text, (column) => column.notNull().defaultTo(""))
    .addColumn("topic", text, (column) => column.notNull().defaultTo(""))
    .addColumn("public", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("join_rule", text, (column) => column.notNull().defaultTo("invite"))
    .addColumn("history_visibility", text, (column) => column.notNull().defaultTo("full"))
    .addColumn("slow_mode_ms", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("retention_ms", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("max_members", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("member_permissions", text, (column) => column.notNull().defaultTo("[]"))
    .addColumn("required_likes", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("labels", text, (column) => column.notNull().defaultTo("{}"))
    .addColumn("direct_key", text, (column) => column.unique())
    .addColumn("direct_users", text, (column) => column.notNull().defaultTo(""))
    .addColumn("request_key", text, (column) => column.unique())
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
  const { text } = tablesOf(db);
  await db.schema
    .createTable("members")
    .addColumn("room_id", text, (column) => column.notNull().references("rooms.id"))
    .addColumn("user_id", text, (column) => column.notNull().references("users.id"))
    .addColumn("role", text, (column) => column.notNull())
    .addColumn("state", text, (column) => column.notNull())
    .addColumn("expires_at", "bigint")
    .addColumn("muted_until", "bigint")
    .addColumn("allow", text, (column) => column.notNull().defaultTo("[]"))
    .addColumn("deny", text, (column) => column.notNull().defaultTo("[]"))
    .addColumn("next_end_at", "bigint")
    .addColumn("joined_seq", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("read_seq", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("removed_for", text)
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
