import type { EndMs } from "../domain/expiry.ts";
import type { RoomChange } from "../domain/live/changes.ts";
import { type MessageContent, NO_CONTENT } from "../domain/messages/content.ts";
import type { Message } from "../domain/messages/message.ts";
import type { AppendOutcome, NewMessage } from "./port/messages.ts";

/** Returns the message that a send has become, put together from the send and the place it was given. */
export function storedMessage(
  sent: NewMessage,
  outcome: Extract<AppendOutcome, { kind: "stored" }>,
): Message {
  const { roomId, id, sender, content } = sent;
  return {
    roomId,
    seq: outcome.seq,
    revision: outcome.revision,
    id,
    clientMessageId: content?.clientMessageId ?? "",
    senderId: sender.userId,
    senderName: outcome.senderName,
    replyToSeq: content?.replyToSeq ?? 0,
    threadRootSeq: content?.threadRootSeq ?? 0,
    deleted: false,
    createdAtMs: outcome.createdAtMs,
    updatedAtMs: outcome.createdAtMs,
    content: contentOf(sent, outcome.expiresAtMs),
  };
}

/** Returns the content of a message that has just been stored. */
export function contentOf({ text, content }: NewMessage, expiresAtMs: EndMs): MessageContent {
  if (!content) return { ...NO_CONTENT, text };
  const { mentionUserIds, payload } = content;
  const { reactions, pinned } = NO_CONTENT;
  return { text, mentionUserIds, reactions, pinned, payload, expiresAtMs };
}

/** A message that has just been stored, as a change of its room. */
export function storedChange(message: Message): RoomChange {
  const { roomId, revision, senderId, createdAtMs } = message;
  return { roomId, revision, actorId: senderId, atMs: createdAtMs, change: { kind: "message", message } };
}
