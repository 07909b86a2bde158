import { sql } from "kysely";
import type { UserId } from "../../../domain/ids.ts";
import type { Operation } from "../operation.ts";
import { findReadable } from "./access.ts";

/** A range of the primary key, so that its depth costs nothing. */
export const listReactions: Operation<"listReactions"> = async (db, query) => {
  const { message } = await findReadable(db, query);
  if (message.deleted) return [];
  const { roomId, seq, emoji, after, limit } = query;
  let range = db
    .selectFrom("reactions")
    .select(["emoji", "user_id", "created_at"])
    .where("room_id", "=", roomId)
    .where("seq", "=", seq);
  if (emoji !== "") range = range.where("emoji", "=", emoji);
  if (after) range = range.where(sql<boolean>`(emoji, user_id) > (${after.emoji}, ${after.userId})`);
  const rows = await range.orderBy("emoji").orderBy("user_id").limit(limit).execute();
  return rows.map((row) => ({
    emoji: row.emoji,
    userId: row.user_id as UserId,
    createdAtMs: Number(row.created_at),
  }));
};
