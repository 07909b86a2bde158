import type { MessageRecord } from "../live/records.ts";

/**
 * Corrects `isEdited` by comparing a message with its cached state. The server has one time for edits and pins, so a pin
 * hides an edit, and an unpin looks like one.
 */
export function withEdits(message: MessageRecord, known: MessageRecord | undefined): MessageRecord {
  if (!known || message.isDeleted) return message;
  const isEdited =
    known.isEdited ||
    known.text !== message.text ||
    !isSame(known.payload, message.payload) ||
    known.mentionUserIds.join() !== message.mentionUserIds.join();
  return isEdited === message.isEdited ? message : { ...message, isEdited };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
