import type { ActorNow } from "../../domain/access/ask.ts";
import type { AuditEntry } from "../../domain/admin/audit.ts";
import type { ChatErrorData } from "../../domain/errors.ts";
import type { EndMs } from "../../domain/expiry.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { RoomChange } from "../../domain/live/changes.ts";
import type { SentContent } from "../../domain/messages/content.ts";
import type { Message, MessageEdit, MessagePlace } from "../../domain/messages/message.ts";
import type { OwnMember } from "../../domain/rooms/room.ts";
import type { Changed } from "./changed.ts";

export interface MessageStore {
  /**
   * Stores messages in the order given, all in one transaction, and gives each its outcome, in that order.
   * A message that is refused takes no seq and does not stop the others.
   */
  appendMessages(messages: readonly NewMessage[]): Promise<readonly AppendOutcome[]>;
  /** A room's newest messages, at most `limit`, oldest of them first. Without those that are deleted or over. */
  listLatestMessages(query: { roomId: RoomId; limit: number; nowMs: number }): Promise<readonly Message[]>;
  /** The messages after `afterSeq`, at most `limit`, in order, tombstones among them, and the room's revision. */
  listMessagesAfter(query: {
    roomId: RoomId;
    afterSeq: number;
    limit: number;
    nowMs: number;
  }): Promise<{ readonly messages: readonly Message[]; readonly revision: number }>;

  /** One message that the actor may read, or MESSAGE_NOT_FOUND. */
  getMessage(query: MessageQuery): Promise<SeenMessage>;
  listMessages(query: HistoryQuery): Promise<History>;

  /** Edits or pins. Refuses with EDIT_CONFLICT if the message has changed since `expectedRevision`. */
  updateMessage(change: MessageChange): Promise<SeenMessage & Changed>;
  /** Leaves a tombstone: the content is gone. Deleting it again changes nothing. */
  deleteMessage(deletion: MessageDeletion): Promise<SeenMessage & Changed>;
  /** Adds or takes back the actor's reaction. What is so already changes nothing. */
  setReaction(reaction: ReactionOfActor): Promise<SeenMessage & Changed>;
  /** Takes off one user's reaction, or everybody's of an emoji. None of them there changes nothing. */
  removeReactions(removal: ReactionsRemoval): Promise<SeenMessage & Changed>;
  /** By emoji, then by user, after a position. None where the message is deleted. */
  listReactions(query: ReactionQuery): Promise<readonly Reaction[]>;
  /**
   * Moves the actor's read position forward, never back. `moved` says whether it did; `walledOff` are all who have blocked
   * the actor, or whom the actor has blocked.
   */
  updateReadCursor(
    cursor: ActorNow & { roomId: RoomId; readSeq: number },
  ): Promise<
    { readonly self: OwnMember; readonly moved: boolean; readonly walledOff: readonly UserId[] } & Changed
  >;
}

/** A sender without an account is known by an id that is made from the name, and checked to be no account's. */
export type Sender =
  | { readonly kind: "user"; readonly userId: UserId }
  | { readonly kind: "guest"; readonly userId: UserId; readonly name: string; readonly nameKey: string };

export interface NewMessage {
  readonly roomId: RoomId;
  readonly id: string;
  readonly sender: Sender;
  readonly text: string;
  readonly nowMs: number;
  /** Null for a message that is nothing but its text, in the lobby, from someone who need not have joined it. */
  readonly content: NewContent | null;
}

/** Everything that a message of the full contract has beside its text. */
interface NewContent extends Omit<SentContent, "text"> {
  /** Empty: a repeat of this send is another message. */
  readonly clientMessageId: string;
  /** Recognises a repeat: a keyed hash of the sender and `clientMessageId`. Null where that is empty. */
  readonly repeatKey: string | null;
  /** Covers everything that the client sent: the same id with another hash is refused. */
  readonly contentHash: string;
  readonly replyToSeq: number;
  readonly threadRootSeq: number;
  /** The message erases itself after this long; 0: never. */
  readonly ttlMs: number;
}

export type AppendOutcome =
  | {
      readonly kind: "stored";
      readonly seq: number;
      readonly revision: number;
      readonly senderName: string;
      readonly createdAtMs: number;
      readonly expiresAtMs: EndMs;
      /** The changes before it: it has brought in members of its direct room. */
      readonly entered?: readonly RoomChange[] | undefined;
    }
  /** The same send was stored before. */
  | { readonly kind: "duplicate"; readonly message: Message }
  | { readonly kind: "refused"; readonly error: ChatErrorData };

export interface MessageQuery extends ActorNow, MessagePlace {}

/** A message as one person sees it. */
export interface SeenMessage {
  readonly message: Message;
  /** The emoji that they themselves have reacted with. */
  readonly ownEmoji: readonly string[];
}

/** The position of a page of history. */
export type HistoryPosition =
  | { readonly kind: "before"; readonly seq: number }
  | { readonly kind: "after"; readonly seq: number }
  | { readonly kind: "around"; readonly seq: number }
  | { readonly kind: "latest" }
  | { readonly kind: "since-revision"; readonly revision: number };

export interface HistoryQuery extends ActorNow {
  readonly roomId: RoomId;
  readonly position: HistoryPosition;
  /** 0: all of the room; else the messages of one thread. */
  readonly threadRootSeq: number;
  readonly pinnedOnly: boolean;
  readonly limit: number;
}

export interface History {
  /** Newest first for `latest` and `before`; else oldest first, and by revision for `since-revision`. */
  readonly messages: readonly SeenMessage[];
  readonly hasMore: boolean;
  readonly roomRevision: number;
}

export interface MessageChange extends MessageQuery, MessageEdit {}

interface MessageDeletion extends MessageQuery {
  /** Written when the message is another's; its target is filled in. */
  readonly audit: AuditEntry;
}

interface ReactionsRemoval extends MessageQuery {
  readonly emoji: string;
  /** Empty: everybody's. */
  readonly userId: UserId | "";
  readonly audit: AuditEntry;
}

export interface ReactionQuery extends MessageQuery {
  /** Empty: every emoji. */
  readonly emoji: string;
  /** The last reaction that was listed before; null: none. */
  readonly after: Pick<Reaction, "emoji" | "userId"> | null;
  readonly limit: number;
}

export interface Reaction {
  readonly emoji: string;
  readonly userId: UserId;
  readonly createdAtMs: number;
}

export interface ReactionOfActor extends MessageQuery {
  readonly emoji: string;
  readonly removed: boolean;
}
