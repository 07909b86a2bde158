import type { Kysely } from "kysely";
import type { UserId } from "../../domain/ids.ts";
import type { Relationship } from "../../domain/users.ts";
import type { AccountStore } from "../port/accounts.ts";
import type { Schema } from "../schema.ts";

export async function setRelationship(
  db: Kysely<Schema>,
  { ownerId, userId, blocked, muted }: Parameters<AccountStore["setRelationship"]>[0],
): Promise<"set" | "not-found"> {
  return db.transaction().execute(async (trx) => {
    const other = await trx
      .selectFrom("users")
      .select("id")
      .where("id", "=", userId)
      .where("state", "!=", "erased")
      .executeTakeFirst();
    if (!other) return "not-found";
    await trx
      .deleteFrom("relationships")
      .where("user_id", "=", ownerId)
      .where("other_id", "=", userId)
      .execute();
    if (blocked || muted) {
      await trx
        .insertInto("relationships")
        .values({ user_id: ownerId, other_id: userId, blocked: blocked ? 1 : 0, muted: muted ? 1 : 0 })
        .execute();
    }
    return "set";
  });
}

export async function listRelationships(
  db: Kysely<Schema>,
  { ownerId, afterId, limit }: Parameters<AccountStore["listRelationships"]>[0],
): Promise<readonly Relationship[]> {
  const rows = await db
    .selectFrom("relationships")
    .select(["other_id", "blocked", "muted"])
    .where("user_id", "=", ownerId)
    .where("other_id", ">", afterId)
    .orderBy("other_id", "asc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    userId: row.other_id as UserId,
    blocked: row.blocked === 1,
    muted: row.muted === 1,
  }));
}
