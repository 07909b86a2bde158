import { hasEnded } from "../expiry.ts";
import type { RoomId, UserId } from "../ids.ts";
import { type MessageContent, NO_CONTENT } from "./content.ts";
import type { Payload } from "./payload.ts";

/** A message as it is stored and as everyone sees it. A tombstone keeps its place: its content is gone. */
export interface Message {
  readonly roomId: RoomId;
  /** Counts the room's messages 1, 2, 3… without holes. */
  readonly seq: number;
  /** Counts the room's durable changes; a message's own last change. */
  readonly revision: number;
  readonly id: string;
  /** Empty where the client chose none. */
  readonly clientMessageId: string;
  readonly senderId: UserId;
  /** The sender's handle, or the name a guest chats under. */
  readonly senderName: string;
  /** The message that this one answers; 0: none. */
  readonly replyToSeq: number;
  /** The message that begins the thread this one is in; 0: none. */
  readonly threadRootSeq: number;
  readonly deleted: boolean;
  /** Milliseconds since 1970, never earlier than the room's message before it. */
  readonly createdAtMs: number;
  /** When text, payload, mentions or pin changed last. */
  readonly updatedAtMs: number;
  /** `NO_CONTENT` once the message is deleted. */
  readonly content: MessageContent;
}

/** The sender name of an account that no longer exists. */
export const ERASED_SENDER_NAME = "deleted user";

/** Counts a room's messages and mentions that a member has not read. */
export interface Unread {
  readonly unreadCount: number;
  readonly mentionCount: number;
}

/** Deletes a message: nothing stays but its place, sender and times, not even the id that its client gave it. */
export function toTombstone(message: Message): Message {
  return { ...message, clientMessageId: "", content: NO_CONTENT, deleted: true };
}

/** Returns the message as it is at a moment: from its end on it is a tombstone, whether or not anyone has erased it. */
export function messageNow(message: Message, nowMs: number): Message {
  return hasEnded(message.content.expiresAtMs, nowMs) ? toTombstone(message) : message;
}

export interface MessagePlace {
  readonly roomId: RoomId;
  readonly seq: number;
}

/** The fields that are given change. */
export interface MessageEdit {
  readonly text?: string;
  /** Null removes it. */
  readonly payload?: Payload | null;
  readonly pinned?: boolean;
  /** All that the message mentions from now on. */
  readonly mentionUserIds?: readonly string[];
  /** Refuses the edit if the message has changed since; 0: whatever it is. */
  readonly expectedRevision: number;
}
