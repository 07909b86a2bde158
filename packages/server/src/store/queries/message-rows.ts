import type { Kysely } from "kysely";
import type { RoomId, UserId } from "../../domain/ids.ts";
import { ERASED_SENDER_NAME, type Message, type ReactionCount } from "../../domain/messages.ts";
import type { Schema } from "../schema.ts";

/** Messages with what is needed of their senders. */
export function selectMessages(db: Kysely<Schema>) {
  return db
    .selectFrom("messages")
    .innerJoin("users", "users.id", "messages.sender_id")
    .select([
      "messages.room_id",
      "messages.seq",
      "messages.revision",
      "messages.id",
      "messages.client_message_id",
      "messages.sender_id",
      "messages.text",
      "messages.reply_to_seq",
      "messages.thread_root_seq",
      "messages.mentions",
      "messages.reactions",
      "messages.pinned",
      "messages.deleted",
      "messages.payload",
      "messages.payload_type",
      "messages.created_at",
      "messages.updated_at",
      "messages.expires_at",
      "users.state as sender_state",
      "users.handle as sender_handle",
      "users.display_name as sender_display_name",
    ]);
}

export type MessageRow = Awaited<ReturnType<ReturnType<typeof selectMessages>["executeTakeFirstOrThrow"]>>;

const NONE: readonly never[] = [];

export function toMessage(row: MessageRow): Message {
  return {
    roomId: row.room_id as RoomId,
    seq: Number(row.seq),
    revision: Number(row.revision),
    id: row.id,
    clientMessageId: row.client_message_id ?? "",
    senderId: row.sender_id as UserId,
    senderName:
      row.sender_state === "erased" ? ERASED_SENDER_NAME : (row.sender_handle ?? row.sender_display_name),
    text: row.text,
    replyToSeq: Number(row.reply_to_seq),
    threadRootSeq: Number(row.thread_root_seq),
    mentionUserIds: row.mentions === "[]" ? NONE : (JSON.parse(row.mentions) as string[]),
    reactions: row.reactions === "[]" ? NONE : (JSON.parse(row.reactions) as ReactionCount[]),
    pinned: row.pinned === 1,
    deleted: row.deleted === 1,
    payload: row.payload,
    payloadType: row.payload_type,
    createdAtMs: Number(row.created_at),
    updatedAtMs: Number(row.updated_at),
    expiresAtMs: row.expires_at === null ? null : Number(row.expires_at),
  };
}
