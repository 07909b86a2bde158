import type { AccountAsk } from "../../domain/access/ask.ts";
import { serviceOf } from "../../domain/access/callers.ts";
import { ChatError } from "../../domain/errors.ts";
import type { UserId } from "../../domain/ids.ts";
import { addsAtOnce } from "../../domain/members/room-roles.ts";
import type { Limits } from "../limits.ts";

/** The most users that one request names. */
const MAX_USER_IDS = 100;

/** Reads the users that a request names, each once. @throws ChatError FIELD_REQUIRED, TOO_MANY_IDS */
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
 * Counts a room that is made or entered, or users who are invited. Back ends do so for all of their users, and are not
 * counted. Returns what takes it back. @throws ChatError RATE_LIMITED
 */
export async function takeJoin({ caller, nowMs }: AccountAsk, limits: Limits): Promise<() => Promise<void>> {
  const { account } = caller;
  if (serviceOf(caller) !== null || addsAtOnce(account, nowMs)) return () => Promise.resolve();
  await limits.take("joinPerUser", account.id);
  return () => limits.giveBack("joinPerUser", account.id);
}
