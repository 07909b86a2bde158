import type { SignedIn } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { Actor, Refused } from "../store/port/outcomes.ts";

/** What the store has refused, as the caller is told it. */
export function refusal({ reason, message, field, retryAfterMs }: Refused): ChatError {
  return new ChatError(reason, message, {
    ...(field !== undefined && { field }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** An operation's result. @throws ChatError when it was refused */
export function accepted<Result extends { readonly kind: "done" }>(outcome: Result | Refused): Result {
  if (outcome.kind === "refused") throw refusal(outcome);
  return outcome;
}

/** Whoever calls, as the store's operations ask about them. */
export function toActor({ account }: SignedIn): Actor {
  const { id, role, roleUntilMs, state } = account;
  return { id, role, roleUntilMs, state };
}
