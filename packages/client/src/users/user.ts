import type { CallOptions } from "../options.ts";

/** Someone, as others see them. */
export interface User {
  readonly id: string;
  /** Unique; empty while nothing but the id is known. */
  readonly handle: string;
  /** What to call them: never empty; the handle where they have chosen nothing. */
  readonly displayName: string;
  readonly about: string;
  readonly avatarUrl: string;
  readonly kind: "human" | "bot" | "guest";
  readonly state: "active" | "suspended" | "erased";
  readonly role: "guest" | "user" | "moderator" | "admin" | "service";
  readonly labels: Readonly<Record<string, string>>;
  /** False for a stand-in, whose name is not known yet. */
  readonly isKnown: boolean;
}

/** The people of the server. */
export interface Users {
  /** Asks for someone, or gives who is known already. @throws NotFoundError */
  get(userId: string, options?: CallOptions): Promise<User>;
  /** @throws NotFoundError */
  byHandle(handle: string, options?: CallOptions): Promise<User>;
  /** Those whose handle or name begins so: the first page of at most 50. */
  search(query: string, options?: CallOptions): Promise<readonly User[]>;
  /** Who is known already; undefined who isn't. */
  peek(userId: string): User | undefined;
}
