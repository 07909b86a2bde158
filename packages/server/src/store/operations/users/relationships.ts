import type { UserId } from "../../../domain/ids.ts";
import { MAX_RELATIONSHIPS, tooManyRelationships } from "../../../domain/users/blocks.ts";
import { userNotFound } from "../../../domain/users/user.ts";
import type { Operation } from "../operation.ts";

export const setRelationship: Operation<"setRelationship"> = async (
  trx,
  { actor, userId, blocked, muted },
) => {
  const other = await trx.selectFrom("users").select("state").where("id", "=", userId).executeTakeFirst();
  // A relationship to an erased user can be ended, but not begun.
  if (!other || (other.state === "erased" && (blocked || muted))) throw userNotFound();
  await trx
    .deleteFrom("relationships")
    .where("user_id", "=", actor.id)
    .where("other_id", "=", userId)
    .execute();
  if (blocked || muted) {
    const { known } = await trx
      .selectFrom("relationships")
      .select((select) => select.fn.countAll().as("known"))
      .where("user_id", "=", actor.id)
      .executeTakeFirstOrThrow();
    if (Number(known) >= MAX_RELATIONSHIPS) throw tooManyRelationships();
    await trx
      .insertInto("relationships")
      .values({ user_id: actor.id, other_id: userId, blocked: blocked ? 1 : 0, muted: muted ? 1 : 0 })
      .execute();
  }
};

export const listRelationships: Operation<"listRelationships"> = async (db, { ownerId, afterId, limit }) => {
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
};
