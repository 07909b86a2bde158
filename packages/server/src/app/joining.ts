import type { Origin, SignedIn } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { UserId } from "../domain/ids.ts";
import { addsAtOnce } from "../domain/room-roles.ts";
import type { Clock } from "./clock.ts";
import type { Limits } from "./limits.ts";
import { OPERATOR } from "./operator.ts";
import { requireAccount } from "./require.ts";

/** The most users that one request names. */
const MAX_USER_IDS = 100;

/** Whoever can be in a room. @throws ChatError NOT_PERMITTED for the operator, who has no account */
export function requireOwnAccount({ caller }: Pick<Origin, "caller">): SignedIn {
  const signedIn = requireAccount(caller);
  if (signedIn.account.id !== OPERATOR.account.id) return signedIn;
  throw new ChatError(
    "NOT_PERMITTED",
    "the operator has no account, and so is in no room: sign in as a user, or use a service key",
  );
}

/** The users that a request names, each once. @throws ChatError FIELD_REQUIRED, TOO_MANY_IDS */
export function parseUserIds(userIds: readonly UserId[], { mayBeEmpty }: { mayBeEmpty: boolean }) {
  const field = "user_ids";
  if (userIds.length === 0 && !mayBeEmpty) {
    throw new ChatError("FIELD_REQUIRED", `${field} is empty: name at least one user`, { field });
  }
  if (userIds.length > MAX_USER_IDS) {
    const message = `${field} has ${userIds.length} entries; at most ${MAX_USER_IDS} are allowed`;
    throw new ChatError("TOO_MANY_IDS", message, { field });
  }
  return [...new Set(userIds)];
}

/**
 * Counts a room that is made or entered, or users who are invited; back ends do so for all of their users, and
 * are not counted. Gives what takes it back. @throws ChatError RATE_LIMITED
 */
export async function takeJoin(
  { account }: SignedIn,
  { limits, clock }: { limits: Limits; clock: Clock },
): Promise<() => Promise<void>> {
  if (addsAtOnce(account, clock())) return () => Promise.resolve();
  await limits.take("joinPerUser", account.id);
  return () => limits.giveBack("joinPerUser", account.id);
}
