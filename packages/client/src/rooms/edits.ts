import type { MessageRecord } from "./records.ts";

/**
 * A newer state of a message, edited where the states tell so. The server has one time for edits and pins: of a message
 * that was pinned it says nothing of its text, and of one that is no longer pinned it looks like an edit.
 */
export function withEdits(message: MessageRecord, known: MessageRecord | undefined): MessageRecord {
  if (!known || message.isDeleted) return message;
  const isEdited = known.isEdited || known.text !== message.text || !isSame(known.payload, message.payload);
  return isEdited === message.isEdited ? message : { ...message, isEdited };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
