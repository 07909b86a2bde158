import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { ConnectionState } from "./connection/state.ts";
import type { Message } from "./messages/message.ts";
import type { Observable } from "./observable.ts";
import type { CallOptions } from "./options.ts";
import type { PresentUsers } from "./presence/presence.ts";
import type { Rooms } from "./rooms/rooms.ts";
import type { Sessions } from "./sessions/sessions.ts";
import type { Relationships } from "./users/relationships.ts";
import type { DirectMessages, ProfileChanges, User, Users } from "./users/user.ts";

/** Limits a search. */
export interface SearchOptions extends CallOptions {
  /** Default: all rooms of the user. */
  readonly roomIds?: readonly string[] | undefined;
  readonly senderId?: string | undefined;
  readonly pageSize?: number | undefined;
  readonly pageToken?: string | undefined;
}

/** A page of matches, newest first. May be empty although more pages follow. */
export interface SearchPage {
  readonly messages: readonly Message[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** A signed-in user's connection, which reconnects by itself. Rooms, users and search are reached through it. */
export interface Chat extends AsyncDisposable {
  /** The user's own profile, as it is now. */
  readonly me: User;
  readonly connection: Observable<ConnectionState>;
  readonly rooms: Rooms;
  readonly users: Users;
  readonly relationships: Relationships;
  /** The user's sessions on all devices. */
  readonly sessions: Sessions;
  /** Number of unsent messages in all rooms: waiting, or failed and not yet retried or discarded. */
  readonly unsent: Observable<number>;
  /** Changes the user's own profile. @throws ConfabError */
  updateProfile(changes: ProfileChanges, options?: CallOptions): Promise<User>;
  /** Gives the user another password, and ends their other sessions. @throws UnauthenticatedError for a wrong current one */
  changePassword(
    passwords: { readonly currentPassword: string; readonly newPassword: string },
    options?: CallOptions,
  ): Promise<void>;
  /** Chooses who may write to the user directly; `default` leaves it to the server. @throws ConfabError */
  allowDirectMessages(from: DirectMessages, options?: CallOptions): Promise<void>;
  /** Everyone who is online or away, by id, of those who share a room of at most 500 members; all others are offline. */
  readonly present: Observable<PresentUsers>;
  /** Says that the user is away, or back, on this device. Said again after each reconnect. The default is `online`. */
  setActivity(activity: "online" | "away"): void;
  /**
   * Yields the messages of all rooms, those that the user enters later too. The messages of a room come in order and once, and
   * the rooms take turns. Each room begins as in `Room.messages` and moves the same cursor. Rooms that the user may not read
   * are left out. Ends when the chat is closed. @throws as `Room.messages`
   */
  messages(options?: CallOptions): AsyncIterable<Message>;
  /** Finds messages by their words. @throws ConfabError; the signal's reason when it aborts */
  search(query: string, options?: SearchOptions): Promise<SearchPage>;
  /**
   * Makes a call of the contract as the user, for what the client has no method for: those of `AdminService`, for example.
   * @throws ConfabError; the signal's reason when it aborts
   */
  call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    options?: CallOptions,
  ): Promise<MessageShape<O>>;
  /** Ends the connection and keeps the session. Messages that are not stored yet reject with a ClosedError. */
  close(): Promise<void>;
  /** Closes the chat and ends the session. @throws ConfabError if the session can't be ended; the chat is closed even so */
  signOut(options?: CallOptions): Promise<void>;
}
