import { messageNow } from "../../../domain/messages/message.ts";
import { selectMessages, standsAt, toMessage } from "../../tables/messages.ts";
import type { Operation } from "../operation.ts";

export const listLatestMessages: Operation<"listLatestMessages"> = async (db, { roomId, limit, nowMs }) => {
  const rows = await selectMessages(db)
    .where("messages.room_id", "=", roomId)
    .where("messages.deleted", "=", 0)
    .where("users.messages_erased", "=", 0)
    .where(standsAt(nowMs))
    .orderBy("messages.seq", "desc")
    .limit(limit)
    .execute();
  return rows.map(toMessage).reverse();
};

export const listMessagesAfter: Operation<"listMessagesAfter"> = async (
  db,
  { roomId, afterSeq, limit, nowMs },
) => {
  // Before the messages, so that what it counts is among them, wherever this runs.
  const room = await db.selectFrom("rooms").select("revision").where("id", "=", roomId).executeTakeFirst();
  const rows = await selectMessages(db)
    .where("messages.room_id", "=", roomId)
    .where("messages.seq", ">", afterSeq)
    .orderBy("messages.seq", "asc")
    .limit(limit)
    .execute();
  const messages = rows.map((row) => messageNow(toMessage(row), nowMs));
  return { messages, revision: Number(room?.revision ?? 0) };
};
