import type { SessionId, UserId } from "../ids.ts";
import type { Account } from "../users/system-roles.ts";
import type { User } from "../users/user.ts";

/** The caller of an RPC: anonymous, or an account that proved itself with a token. */
export type Caller = Anonymous | SignedIn;

interface Anonymous {
  readonly kind: "anonymous";
}

export interface SignedIn {
  readonly kind: "account";
  /** The account in its current state. If a service acts for a user, this is the user. */
  readonly account: User;
  /** Revoking the caller's token ends this: a session, or a key that stands in for one. */
  readonly sessionId: SessionId;
  /** The service account that acts for `account`. */
  readonly serviceId: UserId | null;
}

/** Returns the service behind a caller, for itself or acting for a user; null for people. */
export function serviceOf({ account, serviceId }: SignedIn): UserId | null {
  return serviceId ?? (account.role === "service" ? account.id : null);
}

/** The account that asks for something, with everything the rules need to know of it. */
export interface Actor extends Account {
  readonly id: UserId;
}

export function toActor({ id, role, roleUntilMs, state }: Actor): Actor {
  return { id, role, roleUntilMs, state };
}

export const ANONYMOUS: Anonymous = { kind: "anonymous" };
