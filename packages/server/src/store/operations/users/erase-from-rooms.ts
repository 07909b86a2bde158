import type { Transaction } from "kysely";
import type { RoomChange } from "../../../domain/live/changes.ts";
import type { Erasure } from "../../port/users.ts";
import type { Schema } from "../../tables/schema.ts";
import { startErasure } from "../erasures/erasures.ts";

/**
 * Takes a user out of all rooms. Their reactions, mentions and the reasons for which others removed them go, and with
 * `eraseMessages` what they wrote: as much at once as one transaction may, the rest soon after.
 */
export async function eraseFromRooms(
  trx: Transaction<Schema>,
  { userId, eraseMessages, nowMs, audit }: Pick<Erasure, "userId" | "eraseMessages" | "nowMs" | "audit">,
): Promise<readonly RoomChange[]> {
  const actorId = audit.actorId ?? "";
  if (eraseMessages) {
    await trx.updateTable("users").set({ messages_erased: 1 }).where("id", "=", userId).execute();
  }
  await trx
    .updateTable("members")
    .set({ removed_for: null })
    .where("user_id", "=", userId)
    .where("removed_for", "is not", null)
    .execute();
  // The key finds a direct room to open it again, and nobody can open one with a user who is gone.
  await trx
    .updateTable("rooms")
    .set({ direct_key: null })
    .where("direct_key", "is not", null)
    .where("id", "in", (members) =>
      members.selectFrom("members").select("room_id").where("user_id", "=", userId),
    )
    .execute();
  return startErasure(trx, { roomId: null, userId, actorId }, nowMs);
}
