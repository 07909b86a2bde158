import { type AccountAsk, actorNow } from "../../domain/access/ask.ts";
import { auditEntry } from "../../domain/admin/audit.ts";
import { ChatError } from "../../domain/errors.ts";
import type { UserId } from "../../domain/ids.ts";
import { userNotFound } from "../../domain/users/user.ts";
import type { Store } from "../../store/port/store.ts";
import type { LiveSessions } from "./live-sessions.ts";
import type { NewPasswords } from "./new-passwords.ts";
import type { SignIn } from "./sign-in.ts";

/** Changing passwords. */
export interface Credentials {
  /** Ends the user's other sessions. @throws ChatError CREDENTIALS_WRONG, PASSWORD_…, RATE_LIMITED */
  changePassword(ask: AccountAsk, request: { currentPassword: string; newPassword: string }): Promise<void>;
  /** Gives a user another password and ends all their sessions. For administrators. */
  resetPassword(ask: AccountAsk, request: { userId: UserId; newPassword: string }): Promise<void>;
}

interface CredentialsOptions {
  readonly store: Store;
  readonly signIn: SignIn;
  readonly newPasswords: NewPasswords;
  readonly live: LiveSessions;
}

export function createCredentials({ store, signIn, newPasswords, live }: CredentialsOptions): Credentials {
  return {
    async changePassword(ask, { currentPassword, newPassword }) {
      const { account, sessionId } = ask.caller;
      if (account.kind !== "human") {
        throw new ChatError("NOT_PERMITTED", `a ${account.kind} has no password`);
      }
      newPasswords.check(newPassword, account.handle, "new_password");
      const credential = { handle: account.handle, password: currentPassword };
      const { passwordVersion } = await signIn.withPassword(ask, credential);
      const { endedSessions } = await store.setPassword({
        ...actorNow(ask),
        provenVersion: passwordVersion,
        userId: account.id,
        passwordHash: await newPasswords.hash(newPassword, ask.address),
        keepSessionId: sessionId,
        audit: auditEntry(ask, { action: "password-changed", targetId: account.id }),
      });
      live.ended(endedSessions);
    },

    async resetPassword(ask, { userId, newPassword }) {
      const user = await store.findUser({ userId });
      if (!user) throw userNotFound();
      if (user.kind !== "human") throw new ChatError("NOT_PERMITTED", `a ${user.kind} has no password`);
      newPasswords.check(newPassword, user.handle, "new_password");
      const { endedSessions } = await store.setPassword({
        ...actorNow(ask),
        provenVersion: null,
        userId,
        passwordHash: await newPasswords.hash(newPassword, ask.address),
        keepSessionId: null,
        audit: auditEntry(ask, { action: "password-reset", targetId: userId }),
      });
      live.ended(endedSessions);
    },
  };
}
