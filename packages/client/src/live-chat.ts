import { v1 } from "@confab/protocol";
import type { Chat, SearchOptions, SearchPage } from "./chat.ts";
import type { Connection } from "./connection/connection.ts";
import type { Observable } from "./observable.ts";
import type { CallOptions } from "./options.ts";
import type { RoomContext } from "./rooms/context.ts";
import { toMessageRecord } from "./rooms/convert-message.ts";
import type { LiveRooms } from "./rooms/live-rooms.ts";
import { Views } from "./rooms/view.ts";
import type { User, Users } from "./users/user.ts";

/** What a chat is made of. */
export interface ChatParts {
  readonly me: User;
  readonly context: RoomContext;
  readonly connection: Connection;
  readonly rooms: LiveRooms;
  /** Lets go of everything. @throws what the cursor store throws, or the end of the session */
  readonly close: (options: CloseOptions) => Promise<void>;
}

/** How a chat is closed. */
export interface CloseOptions extends CallOptions {
  readonly endsSession: boolean;
}

/** A chat as the application has it in hand. */
export class LiveChat implements Chat {
  readonly #parts: ChatParts;
  readonly #views: Views;
  #closing: Promise<void> | null = null;

  constructor(parts: ChatParts) {
    this.#parts = parts;
    this.#views = new Views(parts.context.directory);
  }

  get me(): User {
    return this.#parts.me;
  }

  get connection(): Chat["connection"] {
    return this.#parts.connection.state;
  }

  get rooms(): LiveRooms {
    return this.#parts.rooms;
  }

  get users(): Users {
    return this.#parts.context.directory;
  }

  get unsent(): Observable<number> {
    return this.#parts.context.unsent.value;
  }

  async search(query: string, options: SearchOptions = {}): Promise<SearchPage> {
    const { roomIds = [], senderId = "", pageSize = 0, pageToken = "", signal } = options;
    const { context } = this.#parts;
    const request = { query, roomIds: [...roomIds], senderId, pageSize, pageToken };
    const { searchMessages } = v1.ChatService.method;
    const { messages, nextPageToken } = await context.session.call(searchMessages, request, { signal });
    await context.directory.load(
      messages.map((message) => message.senderId),
      signal,
    );
    const reading = { meId: context.meId, isAnswer: true };
    return {
      messages: messages.map((message) => this.#views.message(toMessageRecord(message, reading))),
      nextPageToken,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#parts.close({ endsSession: false });
    return this.#closing;
  }

  async signOut(options: CallOptions = {}): Promise<void> {
    if (this.#closing) return this.#closing;
    const ending = this.#parts.close({ endsSession: true, ...options });
    // Closed it is, whether the server could be told or not.
    this.#closing = ending.catch(() => {});
    await ending;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
