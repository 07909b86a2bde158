import type { ConnectionState } from "./connection/state.ts";
import type { Observable } from "./observable.ts";
import type { CallOptions } from "./options.ts";
import type { Message } from "./rooms/message.ts";
import type { Rooms } from "./rooms/rooms.ts";
import type { User, Users } from "./users/user.ts";

/** Where and how to search. */
export interface SearchOptions extends CallOptions {
  /** Default: all rooms that one is in. */
  readonly roomIds?: readonly string[] | undefined;
  readonly senderId?: string | undefined;
  readonly pageSize?: number | undefined;
  readonly pageToken?: string | undefined;
}

/** A page of what was found, newest first. May be empty though there is more. */
export interface SearchPage {
  readonly messages: readonly Message[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** A connection that keeps itself up: everything else of the client hangs on it. */
export interface Chat extends AsyncDisposable {
  readonly me: User;
  readonly connection: Observable<ConnectionState>;
  readonly rooms: Rooms;
  readonly users: Users;
  /** How many messages are not stored, in all rooms: those that wait, and those that have failed until one retries or discards them. */
  readonly unsent: Observable<number>;
  /** Finds messages by their words. */
  search(query: string, options?: SearchOptions): Promise<SearchPage>;
  /** Ends the connection, not the session. Sends that are not stored by then reject with a ClosedError. */
  close(): Promise<void>;
  /** Closes, and ends the session. @throws ConfabError when the server can't be told; it is closed all the same */
  signOut(options?: CallOptions): Promise<void>;
}
