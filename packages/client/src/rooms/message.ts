import type { ConfabError } from "../errors.ts";
import type { User } from "../users/user.ts";

/** How often an emoji was put to a message. */
export interface Reaction {
  readonly emoji: string;
  readonly count: number;
  readonly isMine: boolean;
}

/** A message as it stands. */
export interface Message {
  readonly roomId: string;
  /** Its number in the room: 1, 2, 3…; 0 while it is unsent. */
  readonly seq: number;
  /** Unique on the whole server; empty while it is unsent. */
  readonly id: string;
  /** Chosen by the sender; the same before and after it was sent. */
  readonly clientMessageId: string;
  /** A stand-in until the name is known: see `User.isKnown`. */
  readonly sender: User;
  readonly senderId: string;
  readonly isMine: boolean;
  /** As it was sent: may hold control characters. Empty where it was deleted. */
  readonly text: string;
  /** The message that this one answers; 0: none. */
  readonly replyToSeq: number;
  /** The message that begins the thread; 0: in none. */
  readonly threadRootSeq: number;
  /** Ids of users, or `all`. */
  readonly mentionUserIds: readonly string[];
  readonly mentionsMe: boolean;
  readonly reactions: readonly Reaction[];
  readonly isPinned: boolean;
  readonly isDeleted: boolean;
  /**
   * Whether it is other than it was sent. The server has one time for edits and for pins: what one has not seen before it
   * was pinned counts as unedited, and what one has not seen before it was pinned and unpinned as edited.
   */
  readonly isEdited: boolean;
  readonly createTime: Date;
  /** When text, payload or pin changed last. */
  readonly updateTime: Date;
  /** When it erases itself. */
  readonly expireTime?: Date;
  /** The room's revision at its last change; 0 while it is unsent. */
  readonly revision: number;
  /** Your application's own content, and what it is; empty: none. */
  readonly payload: Uint8Array;
  readonly payloadType: string;
}

/** A message where it is shown: with what has become of it. */
export type TimelineItem = Message & {
  /** `sending`: until the server has stored it. `failed`: refused; `Room.retry` and `Room.discard` are for these. */
  readonly state: "sent" | "sending" | "failed";
  /** Why it has failed. */
  readonly error?: ConfabError;
};

/** What one shows of a room: never changed, a new one comes after each change. */
export interface Timeline {
  /** Ascending, without a hole: what is stored by `seq`, then what is unsent in the order of sending. */
  readonly items: readonly TimelineItem[];
  /** Whether `Room.loadOlder` would give more. */
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
}
