import type { Kysely, Transaction } from "kysely";
import type { RoomChange } from "../../domain/changes.ts";
import type { SessionId, UserId } from "../../domain/ids.ts";
import type { Erasure, ErasureOutcome } from "../port/accounts.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./audit.ts";
import { eraseFromRooms, PRESENT_STATES } from "./erase-from-rooms.ts";
import { endSessionsOf } from "./sessions.ts";

/** See `AccountStore.eraseUser`. The audit trail keeps the id, which is nobody's name any more. */
export async function eraseUser(db: Kysely<Schema>, erasure: Erasure): Promise<ErasureOutcome> {
  return db.transaction().execute(async (trx) => {
    const { userId, eraseMessages, validateOnly, audit } = erasure;
    const user = await trx
      .selectFrom("users")
      .select("id")
      .where("id", "=", userId)
      .where("state", "!=", "erased")
      .executeTakeFirst();
    if (!user) return { kind: "not-found" };
    const counts = await countRows(trx, userId, eraseMessages);
    if (validateOnly) return { kind: "erased", counts, endedSessions: [], changes: [] };

    const { endedSessions, changes } = await eraseAccount(trx, erasure);
    await appendAudit(trx, audit);
    return { kind: "erased", counts, endedSessions, changes };
  });
}

/** Removes all that an account was, in its rooms too; the id stays. Gives the sessions that ended. */
export async function eraseAccount(
  trx: Transaction<Schema>,
  erasure: Pick<Erasure, "userId" | "eraseMessages" | "nowMs" | "audit">,
): Promise<{ readonly endedSessions: readonly SessionId[]; readonly changes: readonly RoomChange[] }> {
  const { userId, nowMs } = erasure;
  const changes = await eraseFromRooms(trx, erasure);
  await trx.deleteFrom("credentials").where("user_id", "=", userId).execute();
  await trx.deleteFrom("service_keys").where("user_id", "=", userId).execute();
  await trx
    .deleteFrom("relationships")
    .where((where) => where.or([where("user_id", "=", userId), where("other_id", "=", userId)]))
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
      last_seen_at: null,
      version: update("version", "+", 1),
      updated_at: nowMs,
    }))
    .where("id", "=", userId)
    .execute();
  return { endedSessions: await endSessionsOf(trx, userId, null), changes };
}

/** Counts what would go: rows by table, and of `members` only where one has not left. */
async function countRows(
  trx: Transaction<Schema>,
  userId: UserId,
  withMessages: boolean,
): Promise<Record<string, number>> {
  const count = async (table: "credentials" | "sessions" | "service_keys" | "reactions"): Promise<number> => {
    const row = await trx
      .selectFrom(table)
      .select((select) => select.fn.countAll().as("count"))
      .where("user_id", "=", userId)
      .executeTakeFirstOrThrow();
    return Number(row.count);
  };
  const relationships = await trx
    .selectFrom("relationships")
    .select((select) => select.fn.countAll().as("count"))
    .where((where) => where.or([where("user_id", "=", userId), where("other_id", "=", userId)]))
    .executeTakeFirstOrThrow();
  const members = await trx
    .selectFrom("members")
    .select((select) => select.fn.countAll().as("count"))
    .where("user_id", "=", userId)
    .where("state", "in", PRESENT_STATES)
    .executeTakeFirstOrThrow();
  const messages = await trx
    .selectFrom("messages")
    .select((select) => select.fn.countAll().as("count"))
    .where("sender_id", "=", userId)
    .where("deleted", "=", 0)
    .executeTakeFirstOrThrow();
  return {
    users: 1,
    credentials: await count("credentials"),
    sessions: await count("sessions"),
    service_keys: await count("service_keys"),
    relationships: Number(relationships.count),
    members: Number(members.count),
    reactions: await count("reactions"),
    ...(withMessages && { messages: Number(messages.count) }),
  };
}
