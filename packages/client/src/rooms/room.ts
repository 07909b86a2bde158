import type { RoomEvent } from "../live/room-event.ts";
import type { GivenReaction, Message, Timeline } from "../messages/message.ts";
import type { Observable } from "../observable.ts";
import type { CallOptions } from "../options.ts";
import type { User } from "../users/user.ts";
import type { Access, Member, Permission, Role, RoomInfo } from "./room-info.ts";

/**
 * The start of `Room.messages`: at most one of the two. By default it is the saved cursor; without one, the user's joining
 * if cursors are stored or the user has entered the room since the chat was opened; else the next new message. A start that
 * is given here moves no cursor.
 */
export interface MessagesOptions extends CallOptions {
  /** Number of existing messages to begin with. */
  readonly last?: number | undefined;
  /** Seq after which to begin; 0: with the room's first message. */
  readonly afterSeq?: number | undefined;
}

/** The messages that `Room.list` reads: at most one of the three positions; without one, the newest. */
export interface MessageQuery extends CallOptions {
  /** Only the answers in the thread of this message. */
  readonly threadRootSeq?: number | undefined;
  readonly isPinned?: true | undefined;
  readonly beforeSeq?: number | undefined;
  /** 0: from the oldest message on. */
  readonly afterSeq?: number | undefined;
  /** Messages before and after this one, and the message itself. */
  readonly aroundSeq?: number | undefined;
  /** At most 100, which is the default. A page of large messages has fewer. */
  readonly pageSize?: number | undefined;
}

/** A page of messages, oldest first. */
export interface MessagePage {
  readonly messages: readonly Message[];
  /** True if there are more in the direction of reading; around a message: in either. */
  readonly hasMore: boolean;
}

/** Optional fields of a message. */
export interface SendOptions extends CallOptions {
  readonly replyToSeq?: number | undefined;
  readonly threadRootSeq?: number | undefined;
  /** Ids of members, or `all`. */
  readonly mentionUserIds?: readonly string[] | undefined;
  /** Time until the message erases itself, in milliseconds. */
  readonly ttlMs?: number | undefined;
  readonly payload?: Uint8Array | undefined;
  readonly payloadType?: string | undefined;
  /**
   * Your own id for the message, so that a send repeated after a restart stores it once. A second send with the id of one
   * under way is the same send, if it says the same. Default: a UUID.
   */
  readonly clientMessageId?: string | undefined;
}

/** Changes that `Room.edit` makes beside the text. */
export interface EditOptions extends CallOptions {
  /** Ids of members, or `all`: everyone whom the message mentions from now on. Default: as before. */
  readonly mentionUserIds?: readonly string[] | undefined;
}

/** Names the reactions that `Room.removeReactions` takes off. */
export interface ReactionRemoval extends CallOptions {
  /** Default: everybody's. */
  readonly userId?: string | undefined;
  /** For the audit trail. */
  readonly reason?: string | undefined;
}

/** Fields for `Room.update` to change; undefined ones stay. */
export interface RoomChanges {
  readonly title?: string | undefined;
  readonly topic?: string | undefined;
  readonly isPublic?: boolean | undefined;
  readonly joinRule?: "open" | "knock" | "invite" | undefined;
  readonly historyVisibility?: "full" | "since-join" | undefined;
  readonly slowModeMs?: number | undefined;
  readonly retentionMs?: number | undefined;
  readonly maxMembers?: number | undefined;
  readonly requiredLikes?: number | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Fields for `Room.updateMember` to change; undefined ones stay. */
export interface MemberChanges {
  readonly role?: Role | undefined;
  /** `joined` accepts a knock; `left` removes the member or lifts a ban. */
  readonly state?: "joined" | "left" | "banned" | undefined;
  /** null ends the mute. */
  readonly mutedUntil?: Date | null | undefined;
  readonly expireTime?: Date | null | undefined;
  readonly allow?: readonly Permission[] | undefined;
  readonly deny?: readonly Permission[] | undefined;
  /** For the audit trail. Also sent to the member, if the change removes or bans them. */
  readonly reason?: string | undefined;
}

/**
 * A room that the user is in. The object survives lost connections, and ends when the user leaves. Calls reject with a
 * ConfabError when the server refuses them, and with the signal's reason when it aborts.
 */
export interface Room {
  readonly id: string;
  readonly info: Observable<RoomInfo>;
  /** The messages to show: the newest ones, older ones after `loadOlder`, and the unsent ones. */
  readonly timeline: Observable<Timeline>;
  /** The users who are typing, without the user. */
  readonly typing: Observable<readonly User[]>;
  /** The members who are online or away, with the user; empty in rooms of more than 500 members. */
  readonly online: Observable<readonly User[]>;
  /** The seq up to which each member has read, by the member's id; empty in rooms of more than 500 members. */
  readonly readPositions: Observable<ReadonlyMap<string, number>>;

  /**
   * Yields every message from the start on, in order and once, also over lost connections and for slow readers. Messages
   * that were deleted meanwhile are left out. Ends when the user leaves the room, the room is deleted or the chat is closed.
   * @throws PermissionError `REMOVED_FROM_ROOM` or `BANNED`, with the reason that was given, when another removes the user;
   * UnauthenticatedError when the session ends; the signal's reason when it aborts
   */
  messages(options?: MessagesOptions): AsyncIterable<Message>;
  /**
   * Yields every change from now on, or since the saved cursor. {@link RoomEvent} says how those that were missed come. Ends
   * as `messages` does. @throws as `messages`
   */
  changes(options?: CallOptions): AsyncIterable<RoomEvent>;

  /** Reads a message in its latest state. @throws NotFoundError */
  message(seq: number, options?: CallOptions): Promise<Message>;

  /** Loads the page of up to 100 messages before those in `timeline`. @returns true if older messages remain */
  loadOlder(options?: CallOptions): Promise<boolean>;

  /**
   * Loads older pages until a message is in `timeline`, and returns it, to scroll there.
   * @throws NotFoundError `MESSAGE_NOT_FOUND`; InvalidArgumentError `MESSAGE_TOO_FAR` if more than 20,000 messages came after it:
   * read around it with `list`
   */
  goTo(seq: number, options?: CallOptions): Promise<Message>;
  /** Reads a page of the messages, or of those of a thread or the pinned ones, oldest first. `timeline` stays as it is. */
  list(query?: MessageQuery): Promise<MessagePage>;

  /**
   * Sends a message. It appears in `timeline` at once, waits for a connection, keeps its order in the room and is stored
   * once. Resolves when the server has stored it.
   * @throws ConfabError when it is refused: it stays in `timeline` as `failed`. QuotaError `OUTBOX_FULL` and
   * InvalidArgumentError `TEXT_EMPTY` come at once, and the message is not in `timeline`. ClosedError when the chat is
   * closed first. The signal's reason when it aborts; a message not yet on its way is then not sent.
   */
  send(text: string, options?: SendOptions): Promise<Message>;
  /** Sends a failed message again, same id, after all others. @throws NotFoundError if no such message has failed */
  retry(clientMessageId: string): Promise<Message>;
  /** Removes a failed message from `timeline`. @throws NotFoundError if no such message has failed */
  discard(clientMessageId: string): void;

  /**
   * Changes the text of a message, and whom it mentions. As with all changes of messages down to `unpin`, `timeline` shows it at
   * once, it waits for a connection and goes after those before it. Rejects when it is refused, and is then taken back.
   * @throws InvalidArgumentError `TEXT_TOO_LONG` at once; ClosedError when the chat is closed first
   */
  edit(seq: number, text: string, options?: EditOptions): Promise<Message>;
  /** Deletes a message; `reason` is for the audit trail. */
  delete(seq: number, options?: CallOptions & { readonly reason?: string | undefined }): Promise<Message>;
  /** Adds an emoji of the user's to a message. */
  react(seq: number, emoji: string, options?: CallOptions): Promise<void>;
  /** Removes an emoji of the user's from a message. */
  unreact(seq: number, emoji: string, options?: CallOptions): Promise<void>;
  /** Lists who has reacted to a message, by emoji. */
  reactions(seq: number, options?: CallOptions): Promise<readonly GivenReaction[]>;
  /** Takes off others' reactions with an emoji. Needs the right to delete others' messages. */
  removeReactions(seq: number, emoji: string, options?: ReactionRemoval): Promise<void>;
  /** Pins a message for all members. */
  pin(seq: number, options?: CallOptions): Promise<Message>;
  /** Unpins a message for all members. */
  unpin(seq: number, options?: CallOptions): Promise<Message>;

  /**
   * Moves the user's read position to a message, default the newest; never back. Shows at once, and resolves when the server has it.
   * Taken back if the server refuses it.
   */
  markRead(seq?: number): Promise<void>;
  /** Signals to the others that the user is typing. Call it on every key: it is sent at most every 3 seconds. */
  setTyping(): void;

  /** Lists the members in a state, default `joined`. Other states need the right to manage members. */
  members(
    options?: CallOptions & { readonly state?: Member["state"] | undefined },
  ): Promise<readonly Member[]>;
  /** Invites people by handle or id. @throws NotFoundError for an unknown one */
  invite(handlesOrIds: readonly string[], options?: CallOptions): Promise<readonly Member[]>;
  /** Removes a member, who is told the `reason`; it is in the audit trail too. */
  remove(userId: string, options?: CallOptions & { readonly reason?: string | undefined }): Promise<void>;
  /** Changes a member's role, state, mute, end or permissions. */
  updateMember(userId: string, changes: MemberChanges, options?: CallOptions): Promise<Member>;
  /** Asks if somebody may do something here, and which rule decides it; default: the user. */
  checkAccess(
    permission: Permission,
    options?: CallOptions & { readonly userId?: string | undefined },
  ): Promise<Access>;
  /** Changes the room's fields and policy. */
  update(changes: RoomChanges, options?: CallOptions): Promise<RoomInfo>;
  /** Leaves the room. */
  leave(options?: CallOptions): Promise<void>;
  /** Deletes the room for everybody. */
  deleteRoom(options?: CallOptions): Promise<void>;
}
