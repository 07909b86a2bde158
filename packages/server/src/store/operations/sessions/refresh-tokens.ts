import type { Selectable, Transaction } from "kysely";
import type { SessionId, UserId } from "../../../domain/ids.ts";
import type { RefreshOutcome, RefreshRotation } from "../../port/sessions.ts";
import type { Schema } from "../../tables/schema.ts";
import { appendAudit } from "../admin/audit.ts";
import type { Operation } from "../operation.ts";
import { toSession, withUser } from "./sessions.ts";

export const rotateRefreshToken: Operation<"rotateRefreshToken"> = async (trx, rotation) => {
  const { familyHash, tokenHash, nowMs } = rotation;
  const row = await trx
    .selectFrom("sessions")
    .selectAll()
    .where("refresh_family", "=", familyHash)
    .where("expires_at", ">", nowMs)
    .executeTakeFirst();
  if (!row) return { kind: "unknown" };
  // The one before the newest counts too: the answer that carried the newest may have been lost, which then
  // gives way to another.
  if (tokenHash === row.refresh_hash || tokenHash === row.previous_refresh_hash) {
    return replace(trx, row, rotation);
  }
  await trx.deleteFrom("sessions").where("id", "=", row.id).execute();
  await appendAudit(trx, { ...rotation.reuseAudit, actorId: row.user_id as UserId, targetId: row.id });
  return { kind: "reused", sessionId: row.id as SessionId };
};

async function replace(
  trx: Transaction<Schema>,
  row: Selectable<Schema["sessions"]>,
  { tokenHash, successorHash, nowMs, idleMs, absoluteMs }: RefreshRotation,
): Promise<RefreshOutcome> {
  const expiresAtMs = Math.min(nowMs + idleMs, Number(row.created_at) + absoluteMs);
  await trx
    .updateTable("sessions")
    .set({
      refresh_hash: successorHash,
      previous_refresh_hash: tokenHash,
      last_used_at: nowMs,
      expires_at: expiresAtMs,
    })
    .where("id", "=", row.id)
    .execute();
  const session = { ...toSession(row), lastUsedAtMs: nowMs, expiresAtMs };
  return { kind: "rotated", ...(await withUser(trx, session)) };
}
