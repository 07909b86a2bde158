import type { SignedIn } from "../../domain/access/callers.ts";
import type { SessionId, UserId } from "../../domain/ids.ts";
import type { User } from "../../domain/users/user.ts";
import type { AccessTokens } from "./access-tokens.ts";
import type { LiveSessions } from "./live-sessions.ts";
import { isServiceKey } from "./secrets.ts";
import { isKeySession, type ServiceKeys } from "./service-keys.ts";

/** Finds out who stands behind a token. */
export interface Callers {
  /**
   * Gives the caller that an access token or a service key stands for, at once if it is remembered. `actAs` is the
   * user that a service key acts for.
   *
   * @throws ChatError TOKEN_INVALID, TOKEN_EXPIRED, SESSION_REVOKED; USER_NOT_FOUND, NOT_PERMITTED for `actAs`
   */
  authenticate(token: string, actAs: UserId | null): SignedIn | Promise<SignedIn>;
  /** Gives a caller as they are now; the same value if nothing has changed. @throws ChatError as `authenticate` does */
  recheck(caller: SignedIn): Promise<SignedIn>;
}

export function createCallers(tokens: AccessTokens, live: LiveSessions, serviceKeys: ServiceKeys): Callers {
  function toCaller(sessionId: SessionId): SignedIn | Promise<SignedIn> {
    const found = live.get(sessionId);
    return found instanceof Promise
      ? found.then(({ user }) => signedIn(user, sessionId))
      : signedIn(found.user, sessionId);
  }

  return {
    authenticate(token, actAs) {
      if (isServiceKey(token)) return serviceKeys.authenticate(token, actAs);
      const sessionId = tokens.verify(token);
      return sessionId instanceof Promise ? sessionId.then(toCaller) : toCaller(sessionId);
    },

    async recheck(caller) {
      if (isKeySession(caller.sessionId)) return serviceKeys.recheck(caller);
      const { user } = await live.get(caller.sessionId);
      return user === caller.account ? caller : { ...caller, account: user };
    },
  };
}

function signedIn(account: User, sessionId: SessionId): SignedIn {
  return { kind: "account", account, sessionId, serviceId: null };
}
