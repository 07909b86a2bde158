import type { CallOptions } from "../options.ts";

/** The people who may write to a user directly; `default`: as the server says. */
export type DirectMessages = "default" | "everyone" | "shared-rooms" | "nobody";

/** A user's public profile. */
export interface User {
  readonly id: string;
  /** Unique; empty in a placeholder. */
  readonly handle: string;
  /** The name to show: never empty; the handle if the user has chosen no name. */
  readonly displayName: string;
  readonly about: string;
  readonly avatarUrl: string;
  readonly kind: "human" | "bot" | "guest";
  readonly state: "active" | "suspended" | "erased";
  readonly role: "guest" | "user" | "moderator" | "admin" | "service";
  readonly labels: Readonly<Record<string, string>>;
  readonly directMessages: DirectMessages;
  /** True if the user's presence is hidden from others. */
  readonly hidesPresence: boolean;
  /** False for a placeholder, whose profile is not loaded yet. */
  readonly isKnown: boolean;
}

/** Fields of the user's own profile to change; undefined ones stay. */
export interface ProfileChanges {
  /** 2 to 32 of a-z 0-9 . _ -; guests have none. */
  readonly handle?: string | undefined;
  readonly displayName?: string | undefined;
  readonly about?: string | undefined;
  readonly avatarUrl?: string | undefined;
  /** True: nobody sees when the user is there, and the user sees nobody's presence in `Room.members`. */
  readonly hidesPresence?: boolean | undefined;
  /** The people who may write to the user directly. */
  readonly directMessages?: DirectMessages | undefined;
}

/** The users of the server. Calls reject with a ConfabError, or with the signal's reason when it aborts. */
export interface Users {
  /** Returns a user, from the cache if possible. @throws NotFoundError */
  get(userId: string, options?: CallOptions): Promise<User>;
  /** Returns the user with this handle, ignoring case. @throws NotFoundError */
  byHandle(handle: string, options?: CallOptions): Promise<User>;
  /** Finds users whose handle or name begins with `query`: at most 50. */
  search(query: string, options?: CallOptions): Promise<readonly User[]>;
  /** Returns the cached profile; undefined if there is none. */
  peek(userId: string): User | undefined;
}
