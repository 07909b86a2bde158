import type { Kysely } from "kysely";
import type { Message } from "../../domain/messages.ts";
import type { MessageStore } from "../port/messages.ts";
import type { Schema } from "../schema.ts";
import { selectMessages, toMessage } from "./message-rows.ts";

export async function listLatestMessages(
  db: Kysely<Schema>,
  { roomId, limit }: Parameters<MessageStore["listLatestMessages"]>[0],
): Promise<readonly Message[]> {
  const rows = await selectMessages(db)
    .where("messages.room_id", "=", roomId)
    .where("messages.deleted", "=", 0)
    .orderBy("messages.seq", "desc")
    .limit(limit)
    .execute();
  return rows.map(toMessage).reverse();
}

export async function listMessagesAfter(
  db: Kysely<Schema>,
  { roomId, afterSeq, limit }: Parameters<MessageStore["listMessagesAfter"]>[0],
): Promise<{ readonly messages: readonly Message[]; readonly revision: number }> {
  // Before the messages, so that what it counts is among them, wherever this runs.
  const room = await db.selectFrom("rooms").select("revision").where("id", "=", roomId).executeTakeFirst();
  const rows = await selectMessages(db)
    .where("messages.room_id", "=", roomId)
    .where("messages.seq", ">", afterSeq)
    .orderBy("messages.seq", "asc")
    .limit(limit)
    .execute();
  return { messages: rows.map(toMessage), revision: Number(room?.revision ?? 0) };
}
