import type { Kysely, Selectable, Transaction } from "kysely";
import type { ActorNow } from "../../../domain/access/ask.ts";
import type { SessionId, UserId } from "../../../domain/ids.ts";
import { accountGone, requireActive } from "../../../domain/sessions/passwords.ts";
import type { Session } from "../../../domain/sessions/session.ts";
import type { LiveSession, NewSession } from "../../port/sessions.ts";
import type { Schema } from "../../tables/schema.ts";
import { selectUsers, toUser } from "../../tables/users.ts";
import { appendAudit } from "../admin/audit.ts";
import type { Operation } from "../operation.ts";
import { requireAccountAction } from "../users/actors.ts";
import { findUser } from "../users/users.ts";
import { requirePassword } from "./credentials.ts";

export const createSession: Operation<"createSession"> = async (trx, session) => {
  const { userId, createdAtMs, refreshToken } = session;
  await requireProof(trx, session);
  const open = await trx
    .selectFrom("sessions")
    .select(["id", "expires_at"])
    .where("user_id", "=", userId)
    .orderBy("last_used_at", "desc")
    .execute();
  const live = open.filter((row) => row.expires_at > createdAtMs);
  const kept = new Set(live.slice(0, session.maxPerUser - 1));
  const surplus = open.filter((row) => !kept.has(row));
  const endedSessions = surplus.map((row) => row.id as SessionId);
  if (endedSessions.length > 0) await trx.deleteFrom("sessions").where("id", "in", endedSessions).execute();

  await trx
    .insertInto("sessions")
    .values({
      id: session.id,
      user_id: userId,
      device_name: session.deviceName,
      created_at: createdAtMs,
      last_used_at: session.lastUsedAtMs,
      expires_at: session.expiresAtMs,
      refresh_family: refreshToken?.familyHash ?? null,
      refresh_hash: refreshToken?.hash ?? null,
      previous_refresh_hash: null,
    })
    .execute();
  await appendAudit(trx, session.audit);
  return { endedSessions };
};

/** Looks once more at what the sign-in was let in for: it may have changed since. */
async function requireProof(
  trx: Transaction<Schema>,
  { userId, provenVersion, createdAtMs }: NewSession,
): Promise<void> {
  const user = await findUser(trx, { userId });
  if (provenVersion !== null) await requirePassword(trx, userId, provenVersion);
  if (!user) throw accountGone();
  requireActive(user, createdAtMs);
}

export const findSession: Operation<"findSession"> = async (db, { sessionId, nowMs }) => {
  const row = await db
    .selectFrom("sessions")
    .selectAll()
    .where("id", "=", sessionId)
    .where("expires_at", ">", nowMs)
    .executeTakeFirst();
  return row ? withUser(db, toSession(row)) : null;
};

/** A session with its user as they are now. */
export async function withUser(db: Kysely<Schema>, session: Session): Promise<LiveSession> {
  const user = await selectUsers(db).where("id", "=", session.userId).executeTakeFirstOrThrow();
  return { session, user: toUser(user) };
}

export const listSessions: Operation<"listSessions"> = async (db, query) => {
  const { userId, afterId, limit, nowMs } = query;
  await requireManageable(db, query);
  const rows = await db
    .selectFrom("sessions")
    .selectAll()
    .where("user_id", "=", userId)
    .where("id", ">", afterId)
    .where("expires_at", ">", nowMs)
    .orderBy("id", "asc")
    .limit(limit)
    .execute();
  return rows.map(toSession);
};

export const endSessions: Operation<"endSessions"> = async (trx, ending) => {
  const { userId, sessionId, audit } = ending;
  await requireManageable(trx, ending);
  let query = trx.deleteFrom("sessions").where("user_id", "=", userId);
  if (sessionId !== null) query = query.where("id", "=", sessionId);
  const ended = await query.returning("id").execute();
  if (ended.length > 0) await appendAudit(trx, audit);
  return ended.map((row) => row.id as SessionId);
};

/** Administrators answer for others' sessions. */
async function requireManageable(db: Kysely<Schema>, request: ActorNow & { userId: UserId }): Promise<void> {
  await requireAccountAction(db, request, { action: "manage-sessions", field: "user_id" });
}

export function toSession(row: Selectable<Schema["sessions"]>): Session {
  return {
    id: row.id as SessionId,
    userId: row.user_id as UserId,
    deviceName: row.device_name,
    createdAtMs: Number(row.created_at),
    lastUsedAtMs: Number(row.last_used_at),
    expiresAtMs: Number(row.expires_at),
  };
}
