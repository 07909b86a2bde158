import { decideAccountAction } from "../domain/account-actions.ts";
import type { Origin } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { UserId } from "../domain/ids.ts";
import type { Store } from "../store/port/store.ts";
import { notFound } from "./accounts.ts";
import { auditEntry } from "./audit.ts";
import type { Clock } from "./clock.ts";
import type { LiveSessions } from "./live-sessions.ts";
import type { NewPasswords } from "./new-passwords.ts";
import { requireAccount, requireAllowed } from "./require.ts";
import type { SignIn } from "./sign-in.ts";

/** Changing passwords. */
export interface Credentials {
  /** Ends the user's other sessions. @throws ChatError CREDENTIALS_WRONG, PASSWORD_…, RATE_LIMITED */
  change(passwords: { current: string; next: string }, origin: Origin): Promise<void>;
  /** Gives a user another password and ends all their sessions. For administrators. */
  reset(userId: UserId, next: string, origin: Origin): Promise<void>;
}

export interface CredentialsOptions {
  readonly store: Store;
  readonly signIn: SignIn;
  readonly newPasswords: NewPasswords;
  readonly live: LiveSessions;
  readonly clock: Clock;
}

export function createCredentials(options: CredentialsOptions): Credentials {
  const { store, signIn, newPasswords, live, clock } = options;
  return {
    async change({ current, next }, origin) {
      const { account, sessionId } = requireAccount(origin.caller);
      if (account.kind !== "human") {
        throw new ChatError("NOT_PERMITTED", `a ${account.kind} has no password`);
      }
      newPasswords.check(next, account.handle, "new_password");
      await signIn.withPassword({ handle: account.handle, password: current }, origin);
      const { endedSessions } = await store.setPassword({
        userId: account.id,
        passwordHash: await newPasswords.hash(next),
        keepSessionId: sessionId,
        nowMs: clock(),
        audit: auditEntry(origin, clock, { action: "password-changed", targetId: account.id }),
      });
      live.ended(endedSessions);
    },

    async reset(userId, next, origin) {
      const caller = requireAccount(origin.caller);
      const user = await store.findUser({ userId });
      if (!user) throw notFound();
      const isSelf = user.id === caller.account.id;
      requireAllowed(
        decideAccountAction(caller.account, { action: "update", account: user, isSelf }, clock()),
      );
      if (user.kind !== "human") throw new ChatError("NOT_PERMITTED", `a ${user.kind} has no password`);
      newPasswords.check(next, user.handle, "new_password");
      const { endedSessions } = await store.setPassword({
        userId,
        passwordHash: await newPasswords.hash(next),
        keepSessionId: null,
        nowMs: clock(),
        audit: auditEntry(origin, clock, { action: "password-reset", targetId: userId }),
      });
      live.ended(endedSessions);
    },
  };
}
