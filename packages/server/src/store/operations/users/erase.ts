import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import type { UserId } from "../../../domain/ids.ts";
import { MAX_PRESENCE_MEMBERS } from "../../../domain/live/changes.ts";
import type { Erased, Erasure } from "../../port/users.ts";
import type { Schema } from "../../tables/schema.ts";
import { appendAudit } from "../admin/audit.ts";
import { PRESENT_STATES } from "../erasures/user-content.ts";
import type { Operation } from "../operation.ts";
import { listSmallRooms } from "../presence/presence.ts";
import { endSessionsOf } from "../sessions/ended-sessions.ts";
import { requireAccountAction } from "./actors.ts";
import { eraseFromRooms } from "./erase-from-rooms.ts";
import { forgetRetirements, retireHandle } from "./retired-handles.ts";

/** Erases the account but for its id, which the audit trail keeps. */
export const eraseUser: Operation<"eraseUser"> = async (trx, erasure) => {
  await requireAccountAction(trx, erasure, { action: "erase" });
  const erased = await eraseAccount(trx, erasure);
  await appendAudit(trx, erasure.audit);
  return erased;
};

export const countErasable: Operation<"countErasable"> = async (db, query) => {
  await requireAccountAction(db, query, { action: "erase" });
  return countRows(db, query.userId, query.eraseMessages);
};

/** Removes all that an account was, in its rooms too; the id stays. Gives the sessions that ended. */
export async function eraseAccount(
  trx: Transaction<Schema>,
  erasure: Pick<Erasure, "userId" | "eraseMessages" | "nowMs" | "audit">,
): Promise<Erased> {
  const { userId, eraseMessages, nowMs } = erasure;
  await retireErased(trx, userId, nowMs);
  const roomIds = await listSmallRooms(trx, { userId, maxMembers: MAX_PRESENCE_MEMBERS, nowMs });
  const changes = await eraseFromRooms(trx, erasure);
  await trx.deleteFrom("credentials").where("user_id", "=", userId).execute();
  await trx.deleteFrom("service_keys").where("user_id", "=", userId).execute();
  await trx
    .deleteFrom("relationships")
    // Others' wishes are about messages: they hold as long as these stay.
    .where((where) =>
      where.or([where("user_id", "=", userId), ...(eraseMessages ? [where("other_id", "=", userId)] : [])]),
    )
    .execute();
  await trx
    .updateTable("users")
    .set((update) => ({
      state: "erased",
      suspended_until: null,
      role: "guest",
      role_until: null,
      handle: null,
      handle_key: null,
      display_name: "",
      display_key: "",
      about: "",
      avatar_url: "",
      labels: "{}",
      external_subject: null,
      hide_presence: 0,
      direct_messages: null,
      last_seen_at: null,
      version: update("version", "+", 1),
      updated_at: nowMs,
    }))
    .where("id", "=", userId)
    .execute();
  return { endedSessions: await endSessionsOf(trx, userId, null), changes, roomIds };
}

/** Keeps the handle of an erased user from others, without a trace of whose it was. */
async function retireErased(trx: Transaction<Schema>, userId: UserId, nowMs: number): Promise<void> {
  await forgetRetirements(trx, userId);
  const { handle_key: handleKey, role } = await trx
    .selectFrom("users")
    .select(["handle_key", "role"])
    .where("id", "=", userId)
    .executeTakeFirstOrThrow();
  if (handleKey === null) return;
  await retireHandle(trx, { handleKey, userId: null, isService: role === "service", nowMs });
}

/** Counts the rows that would go, by table; of `members` those of rooms that the user has not left. */
async function countRows(
  db: Kysely<Schema>,
  userId: UserId,
  withMessages: boolean,
): Promise<Record<string, number>> {
  const count = async (table: keyof Schema, where: RawBuilder<unknown>): Promise<number> => {
    const from = sql.table(table);
    const { rows } = await sql<{
      count: number;
    }>`select count(*) as count from ${from} where ${where}`.execute(db);
    return Number(rows[0]?.count);
  };
  const own = sql`user_id = ${userId}`;
  // The rest of it is being erased with its room.
  const stands = sql`room_id not in (select room_id from erasures where room_id is not null)`;
  return {
    users: 1,
    credentials: await count("credentials", own),
    sessions: await count("sessions", own),
    service_keys: await count("service_keys", own),
    relationships: await count("relationships", withMessages ? sql`${own} or other_id = ${userId}` : own),
    members: await count("members", sql`${own} and state in (${sql.join(PRESENT_STATES)})`),
    reactions: await count("reactions", sql`${own} and ${stands}`),
    ...(withMessages && {
      messages: await count("messages", sql`sender_id = ${userId} and deleted = 0 and ${stands}`),
    }),
  };
}
