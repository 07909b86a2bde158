import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { RoomId } from "../../domain/ids.ts";
import type { SendFields } from "../../domain/message-fields.ts";
import type { Message, ReactionCount } from "../../domain/messages.ts";
import { parseCounter, parseDuration } from "./numbers.ts";

const NONE: readonly never[] = [];

/** A message in the contract's form. Without `ownEmoji` it is what everyone may be sent. */
export function toMessage(message: Message, ownEmoji: readonly string[] = NONE): v1.Message {
  const { expiresAtMs } = message;
  return create(v1.MessageSchema, {
    roomId: message.roomId,
    seq: BigInt(message.seq),
    id: message.id,
    clientMessageId: message.clientMessageId,
    senderId: message.senderId,
    text: message.text,
    replyToSeq: BigInt(message.replyToSeq),
    threadRootSeq: BigInt(message.threadRootSeq),
    mentionUserIds: [...message.mentionUserIds],
    reactions: toReactions(message.reactions, ownEmoji),
    pinned: message.pinned,
    deleted: message.deleted,
    payload: fromBase64(message.payload),
    payloadType: message.payloadType,
    revision: BigInt(message.revision),
    createTime: timestampFromMs(message.createdAtMs),
    updateTime: timestampFromMs(message.updatedAtMs),
    ...(expiresAtMs !== null && { expireTime: timestampFromMs(expiresAtMs) }),
  });
}

export function toReactions(
  reactions: readonly ReactionCount[],
  ownEmoji: readonly string[],
): v1.ReactionCount[] {
  return reactions.map(({ emoji, count }) =>
    create(v1.ReactionCountSchema, { emoji, count, self: ownEmoji.includes(emoji) }),
  );
}

/** What a client wants to send, unchecked but for its numbers. @throws ChatError FIELD_INVALID */
export function fromSendRequest(request: v1.SendMessageRequest): SendFields {
  return {
    roomId: request.roomId as RoomId,
    clientMessageId: request.clientMessageId,
    text: request.text,
    replyToSeq: parseCounter(request.replyToSeq, "reply_to_seq"),
    threadRootSeq: parseCounter(request.threadRootSeq, "thread_root_seq"),
    mentionUserIds: request.mentionUserIds,
    payload: toBase64(request.payload),
    payloadType: request.payloadType,
    ttlMs: parseDuration(request.ttl, "ttl"),
  };
}

export function toBase64(bytes: Uint8Array): string {
  if (bytes.length === 0) return "";
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

const EMPTY = new Uint8Array();

export function fromBase64(text: string): Uint8Array {
  return text === "" ? EMPTY : Buffer.from(text, "base64");
}
