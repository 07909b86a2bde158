import { ChatError } from "../../../domain/errors.ts";
import type { UserId } from "../../../domain/ids.ts";
import { handleTaken, nameKey } from "../../../domain/users/names.ts";
import { appendAudit } from "../admin/audit.ts";
import type { Operation } from "../operation.ts";
import { requireAdmin } from "../users/actors.ts";
import { eraseAccount } from "../users/erase.ts";
import { insertUser, isHandleTaken } from "../users/users.ts";

export const createServiceKey: Operation<"createServiceKey"> = async (trx, key) => {
  requireAdmin(key);
  const { keyId, userId, name, keyHash, nowMs, audit } = key;
  const taking = { userId, isService: true, nowMs };
  if (await isHandleTaken(trx, name.key, taking)) throw handleTaken(name.handle, "name");
  // An administrator may have given a key's account another handle: the key keeps its name.
  const namesake = await trx
    .selectFrom("service_keys")
    .select("id")
    .where("name", "=", name.key)
    .executeTakeFirst();
  if (namesake) throw handleTaken(name.handle, "name");
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
};

export const findServiceKey: Operation<"findServiceKey"> = async (db, query) => {
  const keys = db.selectFrom("service_keys").select(["id", "user_id"]);
  const row = await ("keyHash" in query
    ? keys.where("key_hash", "=", query.keyHash)
    : keys.where("id", "=", query.keyId)
  ).executeTakeFirst();
  return row ? { keyId: row.id, userId: row.user_id as UserId } : null;
};

export const listServiceKeys: Operation<"listServiceKeys"> = async (db, query) => {
  requireAdmin(query);
  const { limit } = query;
  const rows = await db.selectFrom("service_keys").selectAll().orderBy("name", "asc").limit(limit).execute();
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id as UserId,
    name: row.name,
    createdAtMs: Number(row.created_at),
  }));
};

export const deleteServiceKey: Operation<"deleteServiceKey"> = async (trx, deletion) => {
  requireAdmin(deletion);
  const { name, nowMs, audit } = deletion;
  const key = await trx
    .selectFrom("service_keys")
    .select(["id", "user_id"])
    .where("name", "=", nameKey(name))
    .executeTakeFirst();
  if (!key) {
    const problem = `there is no service key named "${name}"`;
    throw new ChatError("SERVICE_KEY_NOT_FOUND", problem, { field: "name" });
  }
  const userId = key.user_id as UserId;
  const { changes, roomIds } = await eraseAccount(trx, { userId, eraseMessages: false, nowMs, audit });
  await appendAudit(trx, { ...audit, targetId: userId });
  return { keyId: key.id, userId, changes, roomIds };
};
