import type { Transaction } from "kysely";
import type { SessionId, UserId } from "../../../domain/ids.ts";
import type { Schema } from "../../tables/schema.ts";

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
