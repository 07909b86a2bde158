import type { Kysely } from "kysely";
import type { UserId } from "../../../domain/ids.ts";
import type { Schema } from "../../tables/schema.ts";

/** True when the user has blocked the other one. */
export async function hasBlocked(
  db: Kysely<Schema>,
  { userId, otherId }: { readonly userId: UserId; readonly otherId: UserId },
): Promise<boolean> {
  const block = await blocks(db)
    .select("user_id")
    .where("user_id", "=", userId)
    .where("other_id", "=", otherId)
    .executeTakeFirst();
  return block !== undefined;
}

/** Lists the users whom this one has blocked, and those who have blocked this one: neither sees if the other is there. */
export async function listWalledOff(db: Kysely<Schema>, userId: UserId): Promise<readonly UserId[]> {
  const blockers = await blocks(db).select("user_id").where("other_id", "=", userId).execute();
  const blocked = await blocks(db).select("other_id").where("user_id", "=", userId).execute();
  const ids = [...blocked.map((row) => row.other_id), ...blockers.map((row) => row.user_id)];
  return ids as UserId[];
}

function blocks(db: Kysely<Schema>) {
  return db.selectFrom("relationships").where("blocked", "=", 1);
}
