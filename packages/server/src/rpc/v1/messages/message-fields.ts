import { v1 } from "@confab/protocol";
import type { EndMs } from "../../../domain/expiry.ts";
import type { ReactionCount } from "../../../domain/messages/content.ts";
import type { Message } from "../../../domain/messages/message.ts";

/** One of the two encodings: a method for each kind of field, and the type of its result. */
export interface FieldEncoder<Result extends Record<FieldKind, unknown>> {
  string(field: number, value: string): Result["string"];
  strings(field: number, values: readonly string[]): Result["strings"];
  /** A whole number from 0 to 2^53 - 1. */
  count(field: number, value: number): Result["count"];
  bool(field: number, value: boolean): Result["bool"];
  bytes(field: number, value: Uint8Array): Result["bytes"];
  time(field: number, value: EndMs): Result["time"];
  reactions(
    field: number,
    values: readonly ReactionCount[],
    ownEmoji: readonly string[],
  ): Result["reactions"];
}

type FieldKind = "string" | "strings" | "count" | "bool" | "bytes" | "time" | "reactions";

const { field } = v1.MessageSchema;
const NO_BYTES = new Uint8Array();

/**
 * Encodes each field of the contract's Message, the last first, as `BackwardWriter` needs it. A field of the contract
 * that is missing here does not compile. It is not a loop over a list, because that takes half as long again.
 */
export function encodeFields<Result extends Record<FieldKind, unknown>>(
  to: FieldEncoder<Result>,
  message: Message,
  ownEmoji: readonly string[],
) {
  const { content } = message;
  return {
    expireTime: to.time(field.expireTime.number, content.expiresAtMs),
    updateTime: to.time(field.updateTime.number, message.updatedAtMs),
    createTime: to.time(field.createTime.number, message.createdAtMs),
    revision: to.count(field.revision.number, message.revision),
    payloadType: to.string(field.payloadType.number, content.payload?.type ?? ""),
    payload: to.bytes(field.payload.number, content.payload?.bytes ?? NO_BYTES),
    deleted: to.bool(field.deleted.number, message.deleted),
    pinned: to.bool(field.pinned.number, content.pinned),
    reactions: to.reactions(field.reactions.number, content.reactions, ownEmoji),
    mentionUserIds: to.strings(field.mentionUserIds.number, content.mentionUserIds),
    threadRootSeq: to.count(field.threadRootSeq.number, message.threadRootSeq),
    replyToSeq: to.count(field.replyToSeq.number, message.replyToSeq),
    text: to.string(field.text.number, content.text),
    senderId: to.string(field.senderId.number, message.senderId),
    clientMessageId: to.string(field.clientMessageId.number, message.clientMessageId),
    id: to.string(field.id.number, message.id),
    seq: to.count(field.seq.number, message.seq),
    roomId: to.string(field.roomId.number, message.roomId),
  } satisfies Record<keyof typeof field, unknown>;
}
