import type { Kysely, Transaction } from "kysely";
import type { SessionId, UserId } from "../../domain/ids.ts";
import type { Erasure, ErasureOutcome } from "../port/accounts.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./audit.ts";
import { endSessionsOf } from "./sessions.ts";

/** See `AccountStore.eraseUser`. The audit trail keeps the id, which is nobody's name any more. */
export async function eraseUser(db: Kysely<Schema>, erasure: Erasure): Promise<ErasureOutcome> {
  return db.transaction().execute(async (trx) => {
    const { userId, eraseMessages, validateOnly, nowMs } = erasure;
    const user = await trx
      .selectFrom("users")
      .select("id")
      .where("id", "=", userId)
      .where("state", "!=", "erased")
      .executeTakeFirst();
    if (!user) return { kind: "not-found" };
    const counts = await countRows(trx, userId, eraseMessages);
    if (validateOnly) return { kind: "erased", counts, endedSessions: [] };

    const endedSessions = await eraseAccount(trx, userId, nowMs);
    if (eraseMessages) await eraseTexts(trx, userId);
    await appendAudit(trx, erasure.audit);
    return { kind: "erased", counts, endedSessions };
  });
}

/** Removes all that an account was; the id stays. Gives the sessions that ended. */
export async function eraseAccount(
  trx: Transaction<Schema>,
  userId: UserId,
  nowMs: number,
): Promise<readonly SessionId[]> {
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
      version: update("version", "+", 1),
      updated_at: nowMs,
    }))
    .where("id", "=", userId)
    .execute();
  return endSessionsOf(trx, userId, null);
}

async function countRows(
  trx: Transaction<Schema>,
  userId: UserId,
  withMessages: boolean,
): Promise<Record<string, number>> {
  const count = async (table: "credentials" | "sessions" | "service_keys"): Promise<number> => {
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
    ...(withMessages && { messages: Number(messages.count) }),
  };
}

/** Leaves a tombstone in the place of each message; each is a change of its room. */
async function eraseTexts(trx: Transaction<Schema>, userId: UserId): Promise<void> {
  const own = await trx
    .selectFrom("messages")
    .select(["room_id", "seq"])
    .where("sender_id", "=", userId)
    .where("deleted", "=", 0)
    .orderBy("room_id")
    .orderBy("seq")
    .execute();
  const revisions = new Map<string, number>();
  for (const { room_id: roomId, seq } of own) {
    const before = revisions.get(roomId) ?? (await revisionOf(trx, roomId));
    revisions.set(roomId, before + 1);
    await trx
      .updateTable("messages")
      .set({ text: "", deleted: 1, revision: before + 1 })
      .where("room_id", "=", roomId)
      .where("seq", "=", seq)
      .execute();
  }
  for (const [roomId, revision] of revisions) {
    await trx.updateTable("rooms").set({ revision }).where("id", "=", roomId).execute();
  }
}

async function revisionOf(trx: Transaction<Schema>, roomId: string): Promise<number> {
  const room = await trx
    .selectFrom("rooms")
    .select("revision")
    .where("id", "=", roomId)
    .executeTakeFirstOrThrow();
  return Number(room.revision);
}
