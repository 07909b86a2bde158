import type { EndMs } from "../../domain/expiry.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { Message } from "../../domain/messages.ts";
import type { OwnMember } from "../../domain/rooms.ts";
import type { SearchTerm } from "../../domain/search-query.ts";
import type { Actor, Outcome, Refused } from "./outcomes.ts";

export interface MessageStore {
  /**
   * Stores messages in the order given, all in one transaction, and gives each its outcome, in that order.
   * A message that is refused takes no seq and does not stop the others.
   */
  appendMessages(messages: readonly NewMessage[]): Promise<readonly AppendOutcome[]>;
  /** A room's newest messages, at most `limit`, oldest of them first. Deleted ones are left out. */
  listLatestMessages(query: { roomId: RoomId; limit: number }): Promise<readonly Message[]>;
  /** The messages after `afterSeq`, at most `limit`, in order, tombstones among them, and the room's revision. */
  listMessagesAfter(query: {
    roomId: RoomId;
    afterSeq: number;
    limit: number;
  }): Promise<{ readonly messages: readonly Message[]; readonly revision: number }>;

  /** One message that the actor may read, or MESSAGE_NOT_FOUND. */
  getMessage(query: MessageQuery): Promise<SeenMessage | Refused>;
  listMessages(query: HistoryQuery): Promise<History | Refused>;
  /** Messages that the actor may read and that match, newest first. */
  searchMessages(query: SearchQuery): Promise<SearchResult | Refused>;

  /** Edits or pins. Refuses with EDIT_CONFLICT if the message has changed since `expectedRevision`. */
  updateMessage(change: MessageChange): Promise<Outcome<SeenMessage>>;
  /** Leaves a tombstone: text, payload, mentions and reactions are gone. Deleting it again changes nothing. */
  deleteMessage(deletion: MessageDeletion): Promise<Outcome<SeenMessage>>;
  /** Adds or takes back the actor's reaction. What is so already changes nothing. */
  setReaction(reaction: ReactionOfActor): Promise<Outcome<SeenMessage>>;
  /** Moves the actor's read position forward, never back. `moved` says whether it did. */
  updateReadCursor(cursor: {
    actor: Actor;
    roomId: RoomId;
    readSeq: number;
    nowMs: number;
  }): Promise<Outcome<{ readonly self: OwnMember; readonly moved: boolean }>>;
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

/** What the full contract's messages have beside their text. */
interface NewContent {
  /** Empty: a repeat of this send is another message. */
  readonly clientMessageId: string;
  /** Of all that the client sent: the same id with another content is refused. */
  readonly contentHash: string;
  readonly replyToSeq: number;
  readonly threadRootSeq: number;
  readonly mentionUserIds: readonly string[];
  /** Base64. */
  readonly payload: string;
  readonly payloadType: string;
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
    }
  /** The same send was stored before. */
  | { readonly kind: "duplicate"; readonly message: Message }
  | Refused;

export interface MessageQuery {
  readonly actor: Actor;
  readonly roomId: RoomId;
  readonly seq: number;
  readonly nowMs: number;
}

/** A message as one person sees it. */
export interface SeenMessage {
  readonly kind: "done";
  readonly message: Message;
  /** The emoji that they themselves have reacted with. */
  readonly ownEmoji: readonly string[];
}

/** Where a page of history lies. */
export type HistoryPosition =
  | { readonly kind: "before"; readonly seq: number }
  | { readonly kind: "after"; readonly seq: number }
  | { readonly kind: "around"; readonly seq: number }
  | { readonly kind: "latest" }
  | { readonly kind: "since-revision"; readonly revision: number };

export interface HistoryQuery {
  readonly actor: Actor;
  readonly roomId: RoomId;
  readonly position: HistoryPosition;
  /** 0: all of the room; else the messages of one thread. */
  readonly threadRootSeq: number;
  readonly pinnedOnly: boolean;
  readonly limit: number;
  readonly nowMs: number;
}

export interface History {
  readonly kind: "done";
  /** Newest first for `latest` and `before`; else oldest first, and by revision for `since-revision`. */
  readonly messages: readonly Omit<SeenMessage, "kind">[];
  readonly hasMore: boolean;
  readonly roomRevision: number;
}

export interface SearchQuery {
  readonly actor: Actor;
  /** What a message must contain, all of it; at least one. */
  readonly terms: readonly SearchTerm[];
  /** Empty: all rooms that the actor has joined. */
  readonly roomIds: readonly RoomId[];
  /** Empty: from anyone. */
  readonly senderId: string;
  /** The position behind which the page starts; 0: at the newest. */
  readonly before: number;
  readonly limit: number;
  readonly nowMs: number;
}

export interface SearchResult {
  readonly kind: "done";
  /** Newest first. Fewer than asked for, even none, where much had to be looked through. */
  readonly messages: readonly Omit<SeenMessage, "kind">[];
  /** The position behind which the next page starts; 0: there is nothing more. */
  readonly next: number;
}

export interface MessageChange extends MessageQuery {
  readonly text?: string;
  readonly payload?: { readonly payload: string; readonly payloadType: string };
  readonly pinned?: boolean;
  /** 0: whatever it is. */
  readonly expectedRevision: number;
}

export interface MessageDeletion extends MessageQuery {
  /** Written to the audit trail when it is not one's own message. */
  readonly reason: string;
  readonly address: string;
  readonly serviceId: UserId | null;
}

export interface ReactionOfActor extends MessageQuery {
  readonly emoji: string;
  readonly removed: boolean;
}
