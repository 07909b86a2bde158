import { type Kysely, sql } from "kysely";
import { tablesOf } from "../../dialect.ts";

/** Accounts with all that proves who they are, and the audit trail. */
export async function createAccounts(db: Kysely<never>): Promise<void> {
  await createUsers(db);
  await createSessions(db);
  await createAudit(db);
}

async function createUsers(db: Kysely<never>): Promise<void> {
  const { text } = tablesOf(db);
  await db.schema
    .createTable("users")
    .addColumn("id", text, (column) => column.primaryKey())
    .addColumn("kind", text, (column) => column.notNull())
    .addColumn("state", text, (column) => column.notNull())
    .addColumn("suspended_until", "bigint")
    .addColumn("role", text, (column) => column.notNull())
    .addColumn("role_until", "bigint")
    .addColumn("handle", text)
    .addColumn("handle_key", text, (column) => column.unique())
    .addColumn("display_name", text, (column) => column.notNull())
    .addColumn("display_key", text, (column) => column.notNull())
    .addColumn("about", text, (column) => column.notNull().defaultTo(""))
    .addColumn("avatar_url", text, (column) => column.notNull().defaultTo(""))
    .addColumn("labels", text, (column) => column.notNull().defaultTo("{}"))
    .addColumn("external_subject", text, (column) => column.unique())
    .addColumn("hide_presence", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("direct_messages", text)
    .addColumn("last_seen_at", "bigint")
    .addColumn("messages_erased", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("version", "bigint", (column) => column.notNull().defaultTo(1))
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("users_by_display_key").on("users").column("display_key").execute();

  await sql`create index users_by_suspension_end on users (suspended_until) where suspended_until is not null`.execute(
    db,
  );
  await sql`create index users_by_role_end on users (role_until) where role_until is not null`.execute(db);

  await db.schema
    .createTable("retired_handles")
    .addColumn("handle_hash", text, (column) => column.primaryKey())
    .addColumn("user_id", text, (column) => column.references("users.id"))
    .addColumn("is_service", "integer", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("retired_handles_by_user")
    .on("retired_handles")
    .columns(["user_id", "expires_at"])
    .execute();
  await db.schema.createIndex("retired_handles_by_end").on("retired_handles").column("expires_at").execute();

  await db.schema
    .createTable("user_defaults")
    .addColumn("direct_messages", text, (column) => column.notNull())
    .execute();
  await sql`insert into user_defaults (direct_messages) values ('everyone')`.execute(db);

  await db.schema
    .createTable("credentials")
    .addColumn("user_id", text, (column) => column.primaryKey().references("users.id"))
    .addColumn("password_hash", text, (column) => column.notNull())
    .addColumn("version", "bigint", (column) => column.notNull().defaultTo(1))
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("relationships")
    .addColumn("user_id", text, (column) => column.notNull().references("users.id"))
    .addColumn("other_id", text, (column) => column.notNull().references("users.id"))
    .addColumn("blocked", "integer", (column) => column.notNull())
    .addColumn("muted", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("relationships_primary_key", ["user_id", "other_id"])
    .execute();
  await db.schema.createIndex("relationships_by_other").on("relationships").column("other_id").execute();
}

async function createSessions(db: Kysely<never>): Promise<void> {
  const { text } = tablesOf(db);
  await db.schema
    .createTable("sessions")
    .addColumn("id", text, (column) => column.primaryKey())
    .addColumn("user_id", text, (column) => column.notNull().references("users.id"))
    .addColumn("device_name", text, (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("last_used_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .addColumn("refresh_family", text, (column) => column.unique())
    .addColumn("refresh_hash", text)
    .addColumn("previous_refresh_hash", text)
    .execute();
  await db.schema.createIndex("sessions_by_user").on("sessions").columns(["user_id", "id"]).execute();

  await db.schema
    .createTable("service_keys")
    .addColumn("id", text, (column) => column.primaryKey())
    .addColumn("user_id", text, (column) => column.notNull().references("users.id"))
    .addColumn("name", text, (column) => column.notNull().unique())
    .addColumn("key_hash", text, (column) => column.notNull().unique())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();
}

/** Entries are only ever added: the database itself refuses to remove one, and to change anything but to drop its address. */
async function createAudit(db: Kysely<never>): Promise<void> {
  const { text, numbers, protectAudit } = tablesOf(db);
  await db.schema
    .createTable("audit")
    .addColumn("seq", numbers.type, numbers.build)
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("action", text, (column) => column.notNull())
    .addColumn("actor_id", text)
    .addColumn("service_id", text)
    .addColumn("target_id", text)
    .addColumn("address", text, (column) => column.notNull())
    .addColumn("detail", text, (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("audit_by_actor")
    .on("audit")
    .columns(["actor_id", "action", "address"])
    .execute();
  await db.schema.createIndex("audit_by_target").on("audit").column("target_id").execute();
  await sql`create index audit_with_address on audit (at) where address <> ''`.execute(db);
  await protectAudit(db);
}
