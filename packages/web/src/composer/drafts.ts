import { readStored, writeStored } from "../stored.ts";

/** Returns what a user has begun to write in a place. */
export function draftOf(userId: string, placeId: string): string {
  return readStored(keyOf(userId, placeId)) ?? "";
}

/** Keeps what a user has begun to write in a place; an empty text forgets it. */
export function keepDraft(userId: string, placeId: string, text: string): void {
  writeStored(keyOf(userId, placeId), text.trim() === "" ? null : text);
}

function keyOf(userId: string, placeId: string): string {
  return `confab.draft.${userId}.${placeId}`;
}

/** Names the place where something is written: a room, or a thread in it. */
export function placeOf(roomId: string, threadRootSeq?: number): string {
  return threadRootSeq === undefined ? roomId : `${roomId}.${threadRootSeq}`;
}
