import type { RoomChange } from "../domain/changes.ts";
import type { Message } from "../domain/messages.ts";
import type { AppendOutcome, NewMessage } from "./port/messages.ts";

/** What a send has become, put together from what was sent and the place it was given. */
export function storedMessage(
  { roomId, id, sender, text, content }: NewMessage,
  outcome: Extract<AppendOutcome, { kind: "stored" }>,
): Message {
  return {
    roomId,
    seq: outcome.seq,
    revision: outcome.revision,
    id,
    clientMessageId: content?.clientMessageId ?? "",
    senderId: sender.userId,
    senderName: outcome.senderName,
    text,
    replyToSeq: content?.replyToSeq ?? 0,
    threadRootSeq: content?.threadRootSeq ?? 0,
    mentionUserIds: content?.mentionUserIds ?? [],
    reactions: [],
    pinned: false,
    deleted: false,
    payload: content?.payload ?? "",
    payloadType: content?.payloadType ?? "",
    createdAtMs: outcome.createdAtMs,
    updatedAtMs: outcome.createdAtMs,
    expiresAtMs: outcome.expiresAtMs,
  };
}

/** A message that has just been stored, as a change of its room. */
export function storedChange(message: Message): RoomChange {
  const { roomId, revision, senderId, createdAtMs } = message;
  return { roomId, revision, actorId: senderId, atMs: createdAtMs, change: { kind: "message", message } };
}
