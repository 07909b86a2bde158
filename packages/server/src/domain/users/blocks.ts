import { ALLOWED, type Ruling, refuse } from "../access/decisions.ts";
import { ChatError } from "../errors.ts";
import { type Account, roleNow } from "./system-roles.ts";

/** The most users that one user blocks or mutes: each costs a little whenever unread messages are counted. */
export const MAX_RELATIONSHIPS = 1_000;

/** Returns false for a service, which acts for the host application. */
export function canBeBlocked(account: Account, nowMs: number): boolean {
  return roleNow(account, nowMs) !== "service";
}

/** Decides if somebody may react to a message whose sender has blocked them or not. */
export function decideReaction(
  { giver, isBlocked }: { readonly giver: Account; readonly isBlocked: boolean },
  nowMs: number,
): Ruling {
  return isBlocked && canBeBlocked(giver, nowMs)
    ? refuse("NOT_PERMITTED", "the sender of this message takes no reactions of yours")
    : ALLOWED;
}

export function tooManyRelationships(): ChatError {
  const problem = `you block or mute ${MAX_RELATIONSHIPS} users already: stop blocking or muting one of them first`;
  return new ChatError("RELATIONSHIPS_FULL", problem, { field: "relationship.user_id" });
}
