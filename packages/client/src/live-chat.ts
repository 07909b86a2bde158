import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { Chat, SearchOptions, SearchPage } from "./chat.ts";
import { search } from "./messages/calls.ts";
import { toMessageRecord } from "./messages/convert.ts";
import type { Message } from "./messages/message.ts";
import type { Observable } from "./observable.ts";
import type { CallOptions } from "./options.ts";
import type { RoomContext } from "./rooms/context.ts";
import type { LiveRooms } from "./rooms/live-rooms.ts";
import { Views } from "./rooms/view.ts";
import { type Sessions, sessionsOf } from "./sessions/sessions.ts";
import { changePassword, updateProfile } from "./users/own-profile.ts";
import type { Relationships } from "./users/relationships.ts";
import type { DirectMessages, ProfileChanges, User, Users } from "./users/user.ts";

interface ChatParts {
  readonly me: User;
  readonly context: RoomContext;
  readonly rooms: LiveRooms;
  /** Releases all resources. @throws the cursor store's error; ConfabError if the session can't be ended */
  readonly close: (options: CloseOptions) => Promise<void>;
}

/** Tells `close` to end the session too, or only the connection. */
export interface CloseOptions extends CallOptions {
  readonly endsSession: boolean;
}

/** The chat that `connectOver` returns. */
export class LiveChat implements Chat {
  readonly connection: Chat["connection"];
  readonly present: Chat["present"];
  readonly rooms: LiveRooms;
  readonly users: Users;
  readonly relationships: Relationships;
  readonly sessions: Sessions;
  readonly unsent: Observable<number>;
  readonly #context: RoomContext;
  readonly #close: ChatParts["close"];
  readonly #views: Views;
  readonly #me: User;
  #closing: Promise<void> | null = null;

  constructor({ me, context, rooms, close }: ChatParts) {
    this.#me = me;
    this.present = context.presence.present;
    this.connection = context.connection.state;
    this.rooms = rooms;
    this.users = context.directory;
    this.relationships = context.relationships;
    this.sessions = sessionsOf(context.session);
    this.unsent = context.unsent.value;
    this.#context = context;
    this.#close = close;
    this.#views = new Views(context);
  }

  get me(): User {
    return this.#context.directory.peek(this.#me.id) ?? this.#me;
  }

  setActivity(activity: "online" | "away"): void {
    this.#context.ownActivity.set(activity);
  }

  updateProfile(changes: ProfileChanges, options: CallOptions = {}): Promise<User> {
    return updateProfile(this.#context, changes, options);
  }

  changePassword(...[passwords, options = {}]: Parameters<Chat["changePassword"]>): Promise<void> {
    return changePassword(this.#context, passwords, options);
  }

  async allowDirectMessages(from: DirectMessages, options: CallOptions = {}): Promise<void> {
    await this.updateProfile({ directMessages: from }, options);
  }

  messages(options: CallOptions = {}): AsyncIterable<Message> {
    return this.rooms.messages(options);
  }

  async search(query: string, options: SearchOptions = {}): Promise<SearchPage> {
    const { signal } = options;
    const { directory, meId } = this.#context;
    const { messages, nextPageToken } = await search(this.#context, query, options);
    await directory.load(
      messages.map((message) => message.senderId),
      signal,
    );
    const reading = { meId, isAnswer: true };
    return {
      messages: messages.map((message) => this.#views.message(toMessageRecord(message, reading))),
      nextPageToken,
    };
  }

  call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    return this.#context.session.call(method, request, options);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close({ endsSession: false });
    return this.#closing;
  }

  async signOut(options: CallOptions = {}): Promise<void> {
    if (this.#closing) return this.#closing;
    const ending = this.#close({ endsSession: true, ...options });
    // The chat is closed even if the server could not be reached.
    this.#closing = ending.catch(() => {});
    await ending;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
