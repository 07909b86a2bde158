import type { Observable } from "../observable.ts";
import type { CallOptions } from "../options.ts";
import type { User } from "../users/user.ts";
import type { Message, Timeline } from "./message.ts";
import type { RoomEvent } from "./room-event.ts";
import type { Member, Permission, Role, RoomInfo } from "./room-info.ts";

/** Where `Room.messages` begins; one of them, else with the next message, or where the stored cursor is. */
export interface MessagesOptions extends CallOptions {
  /** Begins with so many that are there already. */
  readonly last?: number | undefined;
  /** Begins after this message; 0: with the room's first. */
  readonly afterSeq?: number | undefined;
}

/** What a message may have beside its text. */
export interface SendOptions extends CallOptions {
  readonly replyToSeq?: number | undefined;
  readonly threadRootSeq?: number | undefined;
  /** Ids of members, or `all`. */
  readonly mentionUserIds?: readonly string[] | undefined;
  /** The message erases itself after so long. */
  readonly ttlMs?: number | undefined;
  readonly payload?: Uint8Array | undefined;
  readonly payloadType?: string | undefined;
  /** An id of your own, for a send that is repeated after a restart of the application. Default: a UUID. */
  readonly clientMessageId?: string | undefined;
}

/** What `Room.update` changes: what is left out stays. */
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

/** What `Room.updateMember` changes: what is left out stays. */
export interface MemberChanges {
  readonly role?: Role | undefined;
  /** `joined` lets in who knocks, `left` removes or lifts a ban. */
  readonly state?: "joined" | "left" | "banned" | undefined;
  /** null ends the mute. */
  readonly mutedUntil?: Date | null | undefined;
  readonly expireTime?: Date | null | undefined;
  readonly allow?: readonly Permission[] | undefined;
  readonly deny?: readonly Permission[] | undefined;
  /** For the audit trail. */
  readonly reason?: string | undefined;
}

/** A room that one is in. It stays the same over lost connections; when one leaves it is over. */
export interface Room {
  readonly id: string;
  readonly info: Observable<RoomInfo>;
  /** What one shows: the newest messages, more after `loadOlder`, and those that are unsent. */
  readonly timeline: Observable<Timeline>;
  /** Who is typing, oneself excepted. */
  readonly typing: Observable<readonly User[]>;
  /** Who of the members is there, oneself included; empty in rooms whose presence the server doesn't tell. */
  readonly online: Observable<readonly User[]>;

  /**
   * Every message of the room from now on, in order, each once, also across lost connections and after being slow.
   * Those that were deleted before their turn are left out. Ends when one leaves the room or the chat is closed.
   * @throws UnauthenticatedError when the session ends; the signal's reason when it aborts
   */
  messages(options?: MessagesOptions): AsyncIterable<Message>;
  /**
   * All that happens in the room from now on, or since the stored cursor. What was missed comes as it stands: a
   * message that was edited twice comes once. Ends as `messages` does.
   */
  changes(options?: CallOptions): AsyncIterable<RoomEvent>;

  /** Loads the page of messages before those in `timeline`, or its first. @returns whether there is still more */
  loadOlder(options?: CallOptions): Promise<boolean>;

  /**
   * Sends a message: it is in `timeline` at once, waits while there is no connection, keeps its place among the
   * others of the room, and is stored once. Resolves when the server has stored it.
   * @throws ConfabError when it is refused; then it stays in `timeline` as `failed`. QuotaError `OUTBOX_FULL`,
   * InvalidArgumentError `TEXT_EMPTY`: at once, and it is not in `timeline`. ClosedError when the chat is closed
   * before. The signal's reason: what was not on its way is then not sent.
   */
  send(text: string, options?: SendOptions): Promise<Message>;
  /** Sends a failed message again, under the same id, as the last. @throws NotFoundError where none has failed so */
  retry(clientMessageId: string): Promise<Message>;
  /** Takes a failed message out of `timeline`. @throws NotFoundError where none has failed so */
  discard(clientMessageId: string): void;

  edit(seq: number, text: string, options?: CallOptions): Promise<Message>;
  delete(seq: number, options?: CallOptions & { readonly reason?: string | undefined }): Promise<Message>;
  react(seq: number, emoji: string, options?: CallOptions): Promise<void>;
  unreact(seq: number, emoji: string, options?: CallOptions): Promise<void>;
  pin(seq: number, options?: CallOptions): Promise<Message>;
  unpin(seq: number, options?: CallOptions): Promise<Message>;

  /** Moves one's read position to a message, or to the newest; never back. Resolves when the server has it. */
  markRead(seq?: number): Promise<void>;
  /** Tells the others that one types; call it with every key: it is sent every 3 seconds at most. */
  setTyping(): void;

  /** Who is in the room; with `state`, for who manages members, those who are not. */
  members(
    options?: CallOptions & { readonly state?: Member["state"] | undefined },
  ): Promise<readonly Member[]>;
  /** Invites people by handle or id. */
  invite(handlesOrIds: readonly string[], options?: CallOptions): Promise<readonly Member[]>;
  remove(userId: string, options?: CallOptions & { readonly reason?: string | undefined }): Promise<void>;
  updateMember(userId: string, changes: MemberChanges, options?: CallOptions): Promise<Member>;
  update(changes: RoomChanges, options?: CallOptions): Promise<RoomInfo>;
  leave(options?: CallOptions): Promise<void>;
  /** Erases the room, for everyone. */
  deleteRoom(options?: CallOptions): Promise<void>;
}
