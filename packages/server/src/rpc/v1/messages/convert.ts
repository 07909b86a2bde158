import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { RoomId } from "../../../domain/ids.ts";
import type { ReactionCount } from "../../../domain/messages/content.ts";
import type { SendFields } from "../../../domain/messages/fields.ts";
import type { Message, MessagePlace } from "../../../domain/messages/message.ts";
import { Payload } from "../../../domain/messages/payload.ts";
import { parseCounter, parseDuration } from "../numbers.ts";
import { encodeFields, type FieldEncoder } from "./message-fields.ts";

const NONE: readonly never[] = [];

/** Converts a message. Without `ownEmoji` everyone may see the result. */
export function toMessage(message: Message, ownEmoji: readonly string[] = NONE): v1.Message {
  return create(v1.MessageSchema, encodeFields(values, message, ownEmoji));
}

/** Converts a message as one person sees it. */
export function toSeenMessage({ message, ownEmoji }: SeenMessage): v1.Message {
  return toMessage(message, ownEmoji);
}

interface SeenMessage {
  readonly message: Message;
  readonly ownEmoji: readonly string[];
}

/** Returns the value of each field that protobuf-es encodes. */
const values: FieldEncoder<{
  string: string;
  strings: string[];
  count: bigint;
  bool: boolean;
  bytes: Uint8Array;
  time: v1.Message["createTime"];
  reactions: v1.ReactionCount[];
}> = {
  string: (_, value) => value,
  strings: (_, strings) => [...strings],
  count: (_, value) => BigInt(value),
  bool: (_, value) => value,
  bytes: (_, value) => value,
  time: (_, ms) => (ms === null ? undefined : timestampFromMs(ms)),
  reactions: (_, reactions, ownEmoji) => toReactions(reactions, ownEmoji),
};

function toReactions(reactions: readonly ReactionCount[], ownEmoji: readonly string[]): v1.ReactionCount[] {
  return reactions.map(({ emoji, count }) =>
    create(v1.ReactionCountSchema, { emoji, count, self: ownEmoji.includes(emoji) }),
  );
}

/** Returns which message a request is about. @throws ChatError FIELD_INVALID */
export function toPlace(
  { roomId, seq }: { readonly roomId: string; readonly seq: bigint },
  seqField = "seq",
): MessagePlace {
  return { roomId: roomId as RoomId, seq: parseCounter(seq, seqField) };
}

/** Returns the message that a client wants to send, with only its numbers checked. @throws ChatError FIELD_INVALID */
export function fromSendRequest(request: v1.SendMessageRequest): SendFields {
  return {
    roomId: request.roomId as RoomId,
    clientMessageId: request.clientMessageId,
    text: request.text,
    replyToSeq: parseCounter(request.replyToSeq, "reply_to_seq"),
    threadRootSeq: parseCounter(request.threadRootSeq, "thread_root_seq"),
    mentionUserIds: request.mentionUserIds,
    payload: fromPayload(request),
    ttlMs: parseDuration(request.ttl, "ttl"),
  };
}

/** Copies a payload, so that it keeps no request in memory; null if a client gives neither bytes nor type. */
export function fromPayload({ payload, payloadType }: PayloadFields): Payload | null {
  if (payload.length === 0 && payloadType === "") return null;
  return new Payload(new Uint8Array(payload), payloadType);
}

type PayloadFields = Pick<v1.Message, "payload" | "payloadType">;
