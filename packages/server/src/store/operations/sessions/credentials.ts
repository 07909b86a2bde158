import type { Transaction } from "kysely";
import type { UserId } from "../../../domain/ids.ts";
import { credentialsWrong } from "../../../domain/sessions/passwords.ts";
import type { Schema } from "../../tables/schema.ts";
import { toUser, userColumns } from "../../tables/users.ts";
import { appendAudit } from "../admin/audit.ts";
import type { Operation } from "../operation.ts";
import { requireAccountAction } from "../users/actors.ts";
import { endSessionsOf } from "./ended-sessions.ts";

export const findCredential: Operation<"findCredential"> = async (db, { handleKey }) => {
  const row = await db
    .selectFrom("users")
    .innerJoin("credentials", "credentials.user_id", "users.id")
    .select([...userColumns, "credentials.password_hash", "credentials.version as password_version"])
    .where("users.handle_key", "=", handleKey)
    .executeTakeFirst();
  return row
    ? { user: toUser(row), passwordHash: row.password_hash, passwordVersion: Number(row.password_version) }
    : null;
};

export const setPassword: Operation<"setPassword"> = async (trx, change) => {
  const { userId, passwordHash, provenVersion, keepSessionId, nowMs, audit } = change;
  await requireAccountAction(trx, change, { action: "update" });
  if (provenVersion !== null) await requirePassword(trx, userId, provenVersion);
  await trx
    .insertInto("credentials")
    .values({ user_id: userId, password_hash: passwordHash, updated_at: nowMs })
    .onConflict((conflict) =>
      conflict.column("user_id").doUpdateSet((update) => ({
        password_hash: passwordHash,
        version: update("credentials.version", "+", 1),
        updated_at: nowMs,
      })),
    )
    .execute();
  await appendAudit(trx, audit);
  return { endedSessions: await endSessionsOf(trx, userId, keepSessionId) };
};

/** @throws ChatError CREDENTIALS_WRONG when the user has another password now */
export async function requirePassword(
  trx: Transaction<Schema>,
  userId: UserId,
  provenVersion: number,
): Promise<void> {
  const known = await trx
    .selectFrom("credentials")
    .select("user_id")
    .where("user_id", "=", userId)
    .where("version", "=", provenVersion)
    .executeTakeFirst();
  if (!known) throw credentialsWrong();
}

export const rehashPassword: Operation<"rehashPassword"> = async (
  db,
  { userId, oldHash, newHash, nowMs },
) => {
  await db
    .updateTable("credentials")
    .set({ password_hash: newHash, updated_at: nowMs })
    .where("user_id", "=", userId)
    .where("password_hash", "=", oldHash)
    .execute();
};
