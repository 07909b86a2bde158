import type { RoomId, UserId } from "./ids.ts";

/** A message as it is stored and as everyone sees it. */
export interface Message {
  readonly roomId: RoomId;
  /** Counts the room's messages 1, 2, 3… without holes. */
  readonly seq: number;
  /** Counts the room's durable changes; a message's own last change. */
  readonly revision: number;
  readonly id: string;
  readonly senderId: UserId;
  /** The sender's handle, or the name a guest chats under. */
  readonly senderName: string;
  readonly text: string;
  /** Milliseconds since 1970, never earlier than the room's message before it. */
  readonly createdAtMs: number;
}

/** What `senderName` says of an account that no longer exists. */
export const ERASED_SENDER_NAME = "deleted user";
