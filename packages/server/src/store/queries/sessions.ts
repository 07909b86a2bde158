import type { Kysely, Selectable, Transaction } from "kysely";
import type { SessionId, UserId } from "../../domain/ids.ts";
import type { Session } from "../../domain/sessions.ts";
import type { LiveSession, NewSession, SessionStore } from "../port/sessions.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./audit.ts";
import { selectUsers, toUser } from "./user-rows.ts";

export async function createSession(
  db: Kysely<Schema>,
  session: NewSession,
): Promise<{ readonly endedSessions: readonly SessionId[] }> {
  return db.transaction().execute(async (trx) => {
    const { userId, createdAtMs, refreshToken } = session;
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
  });
}

export async function findSession(
  db: Kysely<Schema>,
  { sessionId, nowMs }: Parameters<SessionStore["findSession"]>[0],
): Promise<LiveSession | null> {
  const row = await db
    .selectFrom("sessions")
    .selectAll()
    .where("id", "=", sessionId)
    .where("expires_at", ">", nowMs)
    .executeTakeFirst();
  return row ? withUser(db, toSession(row)) : null;
}

/** A session with its user as they are now. */
export async function withUser(db: Kysely<Schema>, session: Session): Promise<LiveSession> {
  const user = await selectUsers(db).where("id", "=", session.userId).executeTakeFirstOrThrow();
  return { session, user: toUser(user) };
}

export async function listSessions(
  db: Kysely<Schema>,
  { userId, afterId, limit, nowMs }: Parameters<SessionStore["listSessions"]>[0],
): Promise<readonly Session[]> {
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
}

export async function endSessions(
  db: Kysely<Schema>,
  { userId, sessionId, audit }: Parameters<SessionStore["endSessions"]>[0],
): Promise<readonly SessionId[]> {
  return db.transaction().execute(async (trx) => {
    let query = trx.deleteFrom("sessions").where("user_id", "=", userId);
    if (sessionId !== null) query = query.where("id", "=", sessionId);
    const ended = await query.returning("id").execute();
    if (ended.length > 0) await appendAudit(trx, audit);
    return ended.map((row) => row.id as SessionId);
  });
}

/** Ends a user's sessions but one. */
export async function endSessionsOf(
  trx: Transaction<Schema>,
  userId: UserId,
  keepId: SessionId | null,
): Promise<readonly SessionId[]> {
  const ended = await trx
    .deleteFrom("sessions")
    .where("user_id", "=", userId)
    .where("id", "!=", keepId ?? "")
    .returning("id")
    .execute();
  return ended.map((row) => row.id as SessionId);
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
