import type { Kysely } from "kysely";
import type { SessionId } from "../../domain/ids.ts";
import type { AccountStore, Credential, PasswordChange } from "../port/accounts.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./audit.ts";
import { endSessionsOf } from "./sessions.ts";
import { toUser, userColumns } from "./user-rows.ts";

export async function findCredential(
  db: Kysely<Schema>,
  { handleKey }: Parameters<AccountStore["findCredential"]>[0],
): Promise<Credential | null> {
  const row = await db
    .selectFrom("users")
    .innerJoin("credentials", "credentials.user_id", "users.id")
    .select([...userColumns, "credentials.password_hash"])
    .where("users.handle_key", "=", handleKey)
    .executeTakeFirst();
  return row ? { user: toUser(row), passwordHash: row.password_hash } : null;
}

export async function setPassword(
  db: Kysely<Schema>,
  { userId, passwordHash, keepSessionId, nowMs, audit }: PasswordChange,
): Promise<{ readonly endedSessions: readonly SessionId[] }> {
  return db.transaction().execute(async (trx) => {
    await trx
      .insertInto("credentials")
      .values({ user_id: userId, password_hash: passwordHash, updated_at: nowMs })
      .onConflict((conflict) =>
        conflict.column("user_id").doUpdateSet({ password_hash: passwordHash, updated_at: nowMs }),
      )
      .execute();
    await appendAudit(trx, audit);
    return { endedSessions: await endSessionsOf(trx, userId, keepSessionId) };
  });
}

export async function rehashPassword(
  db: Kysely<Schema>,
  { userId, oldHash, newHash, nowMs }: Parameters<AccountStore["rehashPassword"]>[0],
): Promise<void> {
  await db
    .updateTable("credentials")
    .set({ password_hash: newHash, updated_at: nowMs })
    .where("user_id", "=", userId)
    .where("password_hash", "=", oldHash)
    .execute();
}
