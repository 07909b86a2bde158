import { readStored, writeStored } from "../stored.ts";

/** Returns what a user has begun to write in a room. */
export function draftOf(userId: string, roomId: string): string {
  return readStored(keyOf(userId, roomId)) ?? "";
}

/** Keeps what a user has begun to write in a room; an empty text forgets it. */
export function keepDraft(userId: string, roomId: string, text: string): void {
  writeStored(keyOf(userId, roomId), text.trim() === "" ? null : text);
}

function keyOf(userId: string, roomId: string): string {
  return `confab.draft.${userId}.${roomId}`;
}
