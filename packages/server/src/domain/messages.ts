import type { EndMs } from "./expiry.ts";
import type { RoomId, UserId } from "./ids.ts";

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
  readonly text: string;
  /** The message that this one answers; 0: none. */
  readonly replyToSeq: number;
  /** The message that begins the thread this one is in; 0: none. */
  readonly threadRootSeq: number;
  /** Who is mentioned, `MENTION_ALL` among them where everyone is. */
  readonly mentionUserIds: readonly string[];
  readonly reactions: readonly ReactionCount[];
  readonly pinned: boolean;
  readonly deleted: boolean;
  /** The host application's own content, as base64; empty for none. */
  readonly payload: string;
  readonly payloadType: string;
  /** Milliseconds since 1970, never earlier than the room's message before it. */
  readonly createdAtMs: number;
  /** When text, payload or pin changed last. */
  readonly updatedAtMs: number;
  /** When the message erases itself. */
  readonly expiresAtMs: EndMs;
}

export interface ReactionCount {
  readonly emoji: string;
  readonly count: number;
}

/** What `senderName` says of an account that no longer exists. */
export const ERASED_SENDER_NAME = "deleted user";

/** Mentions everyone in the room; needs the permission `mention-all`. */
export const MENTION_ALL = "all";

/** How many messages and mentions of a room one has not read. */
export interface Unread {
  readonly unreadCount: number;
  readonly mentionCount: number;
}
