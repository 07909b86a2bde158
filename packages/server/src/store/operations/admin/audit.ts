import type { AuditAction } from "../../../domain/admin/audit.ts";
import type { UserId } from "../../../domain/ids.ts";
import type { Operation } from "../operation.ts";
import { requireAdmin } from "../users/actors.ts";

/** Adds an entry, in the transaction of what it tells of. */
export const appendAudit: Operation<"appendAudit"> = async (db, entry) => {
  await db
    .insertInto("audit")
    .values({
      at: entry.atMs,
      action: entry.action,
      actor_id: entry.actorId,
      service_id: entry.serviceId,
      target_id: entry.targetId,
      address: entry.address,
      detail: entry.detail,
    })
    .execute();
};

/** The one change that the table admits: an address goes. */
export const forgetAddresses: Operation<"forgetAddresses"> = async (db, { beforeMs }) => {
  await db
    .updateTable("audit")
    .set({ address: "" })
    .where("at", "<", beforeMs)
    .where("address", "!=", "")
    .execute();
};

export const hasSignedIn: Operation<"hasSignedIn"> = async (db, { handleKey, address }) => {
  const action: AuditAction = "sign-in";
  const entry = await db
    .selectFrom("users")
    .innerJoin("audit", "audit.actor_id", "users.id")
    .select("audit.seq")
    .where("users.handle_key", "=", handleKey)
    .where("audit.action", "=", action)
    .where("audit.address", "=", address)
    .limit(1)
    .executeTakeFirst();
  return entry !== undefined;
};

export const listAudit: Operation<"listAudit"> = async (db, page) => {
  requireAdmin(page);
  const { beforeSeq, limit, userId } = page;
  let query = db.selectFrom("audit").selectAll().orderBy("seq", "desc").limit(limit);
  if (beforeSeq > 0) query = query.where("seq", "<", beforeSeq);
  if (userId) {
    query = query.where((where) =>
      where.or([where("actor_id", "=", userId), where("target_id", "=", userId)]),
    );
  }
  const rows = await query.execute();
  return rows.map((row) => ({
    seq: Number(row.seq),
    atMs: Number(row.at),
    action: row.action as AuditAction,
    actorId: row.actor_id as UserId | null,
    serviceId: row.service_id as UserId | null,
    targetId: row.target_id,
    address: row.address,
    detail: row.detail,
  }));
};
