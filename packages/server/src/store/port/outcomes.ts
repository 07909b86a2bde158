import type { RoomChange } from "../../domain/changes.ts";
import type { Reason } from "../../domain/errors.ts";
import type { UserId } from "../../domain/ids.ts";
import type { Account } from "../../domain/system-roles.ts";

/**
 * Who asks for something. The rules are asked inside the operation's transaction, so that nothing can change
 * between a decision and what it lets happen.
 */
export interface Actor extends Account {
  readonly id: UserId;
}

/** Why an operation has done nothing: an error for the caller, as plain data. */
export interface Refused {
  readonly kind: "refused";
  readonly reason: Reason;
  readonly message: string;
  /** The request's field that is wrong, by its name in the contract. */
  readonly field?: string;
  readonly retryAfterMs?: number;
}

/** What an operation has changed, in the order of the revisions, for those who listen. */
export interface Changed {
  readonly kind: "done";
  readonly changes: readonly RoomChange[];
}

/** An operation's result, or why it has done nothing. */
export type Outcome<Result> = (Changed & Result) | Refused;
