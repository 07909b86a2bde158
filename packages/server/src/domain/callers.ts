import type { SessionId, UserId } from "./ids.ts";
import type { User } from "./users.ts";

/** Who a call comes from: someone without a token, or an account that proved itself with one. */
export type Caller = Anonymous | SignedIn;

export interface Anonymous {
  readonly kind: "anonymous";
}

export interface SignedIn {
  readonly kind: "account";
  /** The account as it is now; the one that is acted for, where a service acts for a user. */
  readonly account: User;
  /** What ends when the caller's token is revoked: a session, or a key that stands in for one. */
  readonly sessionId: SessionId;
  /** The service account that acts for `account`. */
  readonly serviceId: UserId | null;
}

export const ANONYMOUS: Anonymous = { kind: "anonymous" };

/** Where a call comes from, for use cases that decide by it or write it down. */
export interface Origin {
  readonly caller: Caller;
  /** The IP address of the peer, or `local` for this machine's operator. */
  readonly address: string;
}
