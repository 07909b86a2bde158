import { sql, type Transaction } from "kysely";
import { LOBBY } from "../../../domain/ids.ts";
import type { Member } from "../../../domain/rooms/room.ts";
import type { Account } from "../../../domain/users/system-roles.ts";
import type { NewMessage } from "../../port/messages.ts";
import { selectMembers, toMember } from "../../tables/members.ts";
import type { Schema } from "../../tables/schema.ts";
import { toAccount } from "../../tables/users.ts";
import { insertAll, selectAll } from "../compiled.ts";

/** A guest of the simple contract who has spoken before, and what moderators have decided about them. */
export interface KnownGuest {
  readonly account: Account;
  readonly displayName: string;
  /** Their record in the lobby, the only room that they speak in. */
  readonly membership: Member | null;
}

const hasRecord = sql<number>`case when exists
  (select 1 from members where members.room_id = ${sql.lit(LOBBY)} and members.user_id = users.id) then 1 else 0 end`;

const selectGuests = selectAll((db, userIds) =>
  db
    .selectFrom("users")
    .select(["id", "state", "suspended_until", "role", "role_until", "display_name"])
    .select(hasRecord.as("has_record"))
    .where("id", "in", userIds),
);

/** Few guests have a record, so it is read apart. */
const selectRecords = selectAll((db, userIds) =>
  selectMembers(db).where("members.room_id", "=", sql.lit(LOBBY)).where("members.user_id", "in", userIds),
);

/** Reads those of these guests who have spoken before, by their ids. */
export async function readGuests(
  trx: Transaction<Schema>,
  guestIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, KnownGuest>> {
  const rows = await selectGuests(trx, guestIds);
  const recorded = rows.filter((row) => row.has_record !== 0).map(({ id }) => id);
  const records = new Map<string, Member>();
  for (const row of await selectRecords(trx, new Set(recorded))) records.set(row.user_id, toMember(row));
  return new Map(
    rows.map((row) => [
      row.id,
      {
        account: toAccount(row),
        displayName: row.display_name,
        membership: records.get(row.id) ?? null,
      },
    ]),
  );
}

/** Gives guests who were renamed for an account their name back, once it is free. */
const insertGuestRows = insertAll("users", (insert) =>
  insert.onConflict((conflict) =>
    conflict.column("id").doUpdateSet((update) => ({
      display_name: update.ref("excluded.display_name"),
      display_key: update.ref("excluded.display_key"),
      version: update("users.version", "+", 1),
      updated_at: update.ref("excluded.updated_at"),
    })),
  ),
);

/** Stores the guests of these messages who are new, or have another name than before. */
export async function insertGuests(
  trx: Transaction<Schema>,
  messages: readonly NewMessage[],
  known: ReadonlyMap<string, KnownGuest>,
): Promise<void> {
  const guests = new Map<string, NewMessage>();
  for (const message of messages) {
    const { sender } = message;
    const isNew = sender.kind === "guest" && known.get(sender.userId)?.displayName !== sender.name;
    if (isNew) guests.set(sender.userId, message);
  }
  const rows = [...guests.values()].map(({ sender, nowMs }) => ({
    id: sender.userId,
    kind: "guest" as const,
    state: "active" as const,
    suspended_until: null,
    role: "guest" as const,
    role_until: null,
    external_subject: null,
    handle: null,
    handle_key: null,
    display_name: sender.kind === "guest" ? sender.name : "",
    display_key: sender.kind === "guest" ? sender.nameKey : "",
    created_at: nowMs,
    updated_at: nowMs,
  }));
  await insertGuestRows(trx, rows);
}
