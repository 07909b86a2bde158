import type { Kysely, Transaction } from "kysely";
import type { ActorNow } from "../../../domain/access/ask.ts";
import { type Actor, toActor } from "../../../domain/access/callers.ts";
import { ALLOWED, requireAllowed } from "../../../domain/access/decisions.ts";
import { mayCall, refuseInactive } from "../../../domain/access/system-access.ts";
import type { UserId } from "../../../domain/ids.ts";
import { type AccountAction, decideAccountAction } from "../../../domain/users/account-actions.ts";
import type { Schema } from "../../tables/schema.ts";
import { selectUsers, toUser } from "../../tables/users.ts";
import { selectAll } from "../compiled.ts";

/** The input of an operation. Null: it is not done for a caller. */
interface ActorInput {
  readonly actor: Actor | null;
  readonly nowMs: number;
}

/**
 * Runs an operation with its actor as the store has them, not as they were when the call was let in: a call waits for
 * other calls and for the hash of a password, and its actor may be suspended or lose a role meanwhile. A write has locked
 * the actor (`operationLocks`), who can't change again before its end.
 */
export function withActorNow<Input extends ActorInput, Result>(
  operation: (trx: Transaction<Schema>, input: Input) => Promise<Result>,
): (trx: Transaction<Schema>, input: Input) => Promise<Result> {
  return async (trx, input) => {
    const actor = input.actor && (await readActor(trx, input.actor));
    if (actor) requireAllowed(refuseInactive(actor, input.nowMs) ?? ALLOWED);
    return operation(trx, { ...input, actor });
  };
}

/** Reads an actor again. The operator, who has no account, stays as given. */
export async function readActor(db: Kysely<Schema>, actor: Actor): Promise<Actor> {
  return (await readAccount(db, actor.id)) ?? actor;
}

const selectAccounts = selectAll((db, userIds) => selectUsers(db).where("users.id", "in", userIds));

async function readAccount(db: Kysely<Schema>, userId: UserId): Promise<Actor | null> {
  const [row] = await selectAccounts(db, new Set([userId]));
  return row ? toActor(toUser(row)) : null;
}

/** @throws ChatError when the actor may not do this to the account; `field` is the wrong one of the request */
export async function requireAccountAction(
  db: Kysely<Schema>,
  { actor, userId, nowMs }: ActorNow & { readonly userId: UserId },
  { action, field }: { readonly action: AccountAction; readonly field?: string },
): Promise<void> {
  const isSelf = userId === actor.id;
  const account = isSelf ? actor : await readAccount(db, userId);
  requireAllowed(decideAccountAction(actor, { action, account, isSelf }, nowMs), field);
}

/** @throws ChatError NOT_PERMITTED */
export function requireAdmin({ actor, nowMs }: ActorNow): void {
  requireAllowed(mayCall("admins", { kind: "account", account: actor }, nowMs));
}
