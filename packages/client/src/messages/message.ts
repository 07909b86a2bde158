import type { ConfabError } from "../errors.ts";
import type { User } from "../users/user.ts";

/** An emoji on a message, with the number of users who chose it. */
export interface Reaction {
  readonly emoji: string;
  readonly count: number;
  readonly isMine: boolean;
}

/** A reaction with who gave it. */
export interface GivenReaction {
  readonly emoji: string;
  readonly userId: string;
  readonly user: User;
  readonly createTime: Date;
}

/** A message in its latest state. Immutable: a change makes a new object. */
export interface Message {
  readonly roomId: string;
  /** Number of the message in its room: 1, 2, 3…; 0 while it is unsent. */
  readonly seq: number;
  /** Unique on the server; empty while the message is unsent. */
  readonly id: string;
  /** Chosen by the sender; the same before and after sending. */
  readonly clientMessageId: string;
  /** A placeholder until the profile is loaded: see `User.isKnown`. */
  readonly sender: User;
  readonly senderId: string;
  readonly isMine: boolean;
  /** True if the user has blocked the sender: show it folded away. */
  readonly isFromBlocked: boolean;
  /** The text as it was sent: may contain control characters. Empty if the message is deleted. */
  readonly text: string;
  /** The seq of the message that this one answers; 0: none. */
  readonly replyToSeq: number;
  /** The seq of the thread's first message; 0: not in a thread. */
  readonly threadRootSeq: number;
  /** Ids of users, or `all`. */
  readonly mentionUserIds: readonly string[];
  readonly mentionsMe: boolean;
  readonly reactions: readonly Reaction[];
  readonly isPinned: boolean;
  readonly isDeleted: boolean;
  /**
   * True if text, payload or mentions have changed. The server has one time for edits and pins. So a message that this client
   * first saw pinned counts as unedited, and one that it first saw after pin and unpin counts as edited.
   */
  readonly isEdited: boolean;
  readonly createTime: Date;
  /** Time of the last change of text, payload, mentions or pin. */
  readonly updateTime: Date;
  /** Time at which the message erases itself. */
  readonly expireTime?: Date;
  /** The room's revision at the message's last change; 0 while it is unsent. */
  readonly revision: number;
  /** Content of your application, in the format that `payloadType` names; empty: none. */
  readonly payload: Uint8Array;
  readonly payloadType: string;
}

/** A message in a timeline, with its delivery state. */
export type TimelineItem = Message & {
  /** `sending`: not stored yet. `sent`: stored. `failed`: refused; use `Room.retry` or `Room.discard`. */
  readonly state: "sent" | "sending" | "failed";
  /** The refusal, if `state` is `failed`. */
  readonly error?: ConfabError;
};

/** The messages to show of a room. Immutable: a change makes a new object. */
export interface Timeline {
  /** Stored messages ascending by `seq` without a gap, then unsent ones in the order of sending. */
  readonly items: readonly TimelineItem[];
  /** True if `Room.loadOlder` would load more. */
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
}
