import type { Kysely } from "kysely";
import type { UserId } from "../../domain/ids.ts";
import type { ServiceKey } from "../../domain/sessions.ts";
import type { DeletedKey, NewServiceKey, SessionStore } from "../port/sessions.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./audit.ts";
import { eraseAccount } from "./erase.ts";
import { insertUser, isHandleTaken } from "./users.ts";

export async function createServiceKey(
  db: Kysely<Schema>,
  { keyId, userId, name, keyHash, nowMs, audit }: NewServiceKey,
): Promise<"created" | "name-taken"> {
  return db.transaction().execute(async (trx) => {
    if (await isHandleTaken(trx, name.key, userId)) return "name-taken";
    // An administrator may have given a key's account another handle: the key keeps its name.
    const namesake = await trx
      .selectFrom("service_keys")
      .select("id")
      .where("name", "=", name.key)
      .executeTakeFirst();
    if (namesake) return "name-taken";
    await insertUser(trx, {
      id: userId,
      kind: "bot",
      role: "service",
      handle: name,
      displayName: name.handle,
      externalSubject: null,
      nowMs,
    });
    await trx
      .insertInto("service_keys")
      .values({ id: keyId, user_id: userId, name: name.key, key_hash: keyHash, created_at: nowMs })
      .execute();
    await appendAudit(trx, audit);
    return "created";
  });
}

export async function findServiceKey(
  db: Kysely<Schema>,
  query: Parameters<SessionStore["findServiceKey"]>[0],
): Promise<{ readonly keyId: string; readonly userId: UserId } | null> {
  const keys = db.selectFrom("service_keys").select(["id", "user_id"]);
  const row = await ("keyHash" in query
    ? keys.where("key_hash", "=", query.keyHash)
    : keys.where("id", "=", query.keyId)
  ).executeTakeFirst();
  return row ? { keyId: row.id, userId: row.user_id as UserId } : null;
}

export async function listServiceKeys(
  db: Kysely<Schema>,
  { limit }: Parameters<SessionStore["listServiceKeys"]>[0],
): Promise<readonly ServiceKey[]> {
  const rows = await db.selectFrom("service_keys").selectAll().orderBy("name", "asc").limit(limit).execute();
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id as UserId,
    name: row.name,
    createdAtMs: Number(row.created_at),
  }));
}

export async function deleteServiceKey(
  db: Kysely<Schema>,
  { name, nowMs, audit }: Parameters<SessionStore["deleteServiceKey"]>[0],
): Promise<DeletedKey | "not-found"> {
  return db.transaction().execute(async (trx) => {
    const key = await trx
      .selectFrom("service_keys")
      .select(["id", "user_id"])
      .where("name", "=", name)
      .executeTakeFirst();
    if (!key) return "not-found";
    const userId = key.user_id as UserId;
    const { changes } = await eraseAccount(trx, { userId, eraseMessages: false, nowMs, audit });
    await appendAudit(trx, { ...audit, targetId: userId });
    return { keyId: key.id, userId, changes };
  });
}
