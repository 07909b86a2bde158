import { type AccountAsk, type Ask, actorNow } from "../../domain/access/ask.ts";
import { auditEntry } from "../../domain/admin/audit.ts";
import { ChatError } from "../../domain/errors.ts";
import type { SessionId, UserId } from "../../domain/ids.ts";
import type { Session } from "../../domain/sessions/session.ts";
import type { User } from "../../domain/users/user.ts";
import type { Store } from "../../store/port/store.ts";
import type { NewUsers } from "../users/new-users.ts";
import type { ExternalSignIn } from "./external-sign-in.ts";
import type { LiveSessions } from "./live-sessions.ts";
import type { OpenedSession, Proof, RefreshedSession, Sessions } from "./sessions.ts";
import type { PasswordCredential, SignIn } from "./sign-in.ts";

/** Proof of who someone is; a guest needs none. */
export type Credential =
  | ({ readonly kind: "password" } & PasswordCredential)
  | { readonly kind: "external-token"; readonly token: string }
  | { readonly kind: "guest"; readonly displayName: string };

/** Signing in and out. */
export interface Auth {
  /** @throws ChatError CREDENTIALS_WRONG, TOKEN_…, EXTERNAL_SIGN_IN_OFF, GUESTS_NOT_ALLOWED, NAME_HELD, RATE_LIMITED */
  createSession(ask: Ask, request: { credential: Credential; deviceName: string }): Promise<OpenedSession>;
  /** Opens the simple contract's session, which has one token. @throws ChatError CREDENTIALS_WRONG, RATE_LIMITED */
  login(ask: Ask, credential: PasswordCredential): Promise<{ user: User; token: string }>;
  /** @throws ChatError TOKEN_INVALID, SESSION_REVOKED for a token that was used before its successor was */
  refreshSession(ask: Ask, request: { refreshToken: string }): Promise<RefreshedSession>;
  /** @throws ChatError NOT_PERMITTED, USER_NOT_FOUND */
  listSessions(
    ask: AccountAsk,
    page: { userId: UserId; afterId: string; limit: number },
  ): Promise<readonly Session[]>;
  /**
   * Ends the caller's session, the one that is named, or all. Gives how many.
   *
   * @throws ChatError FIELD_INVALID, NOT_PERMITTED, SESSION_NOT_FOUND, USER_NOT_FOUND
   */
  deleteSession(
    ask: AccountAsk,
    request: { userId: UserId; sessionId: SessionId | ""; all: boolean },
  ): Promise<number>;
}

interface AuthOptions {
  readonly store: Store;
  readonly live: LiveSessions;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly externalSignIn: ExternalSignIn;
  readonly newUsers: NewUsers;
  readonly allowGuests: boolean;
}

export function createAuth(options: AuthOptions): Auth {
  const { store, live, sessions, signIn } = options;

  return {
    async createSession(ask, { credential, deviceName }) {
      return sessions.open(ask, { ...(await identify(options, ask, credential)), deviceName });
    },

    async login(ask, credential) {
      const proof = await signIn.withPassword(ask, credential);
      return { user: proof.user, token: await sessions.openSimple(ask, proof) };
    },

    refreshSession: (ask, { refreshToken }) => sessions.refresh(ask, refreshToken),

    listSessions: (ask, page) => store.listSessions({ ...page, ...actorNow(ask) }),

    async deleteSession(ask, { userId, sessionId: named, all }) {
      if (all && named !== "") {
        throw new ChatError("FIELD_INVALID", "give a session_id or all, not both", { field: "session_id" });
      }
      const sessionId = all ? null : named || ask.caller.sessionId;
      const audit = auditEntry(ask, { action: "sign-out", targetId: sessionId ?? userId });
      const ended = await store.endSessions({ ...actorNow(ask), userId, sessionId, audit });
      live.ended(ended);
      if (sessionId !== null && ended.length === 0) {
        const message = `there is no session with id "${sessionId}"`;
        throw new ChatError("SESSION_NOT_FOUND", message, { field: "session_id" });
      }
      return ended.length;
    },
  };
}

async function identify(
  { signIn, externalSignIn, newUsers, allowGuests }: AuthOptions,
  ask: Ask,
  credential: Credential,
): Promise<Proof> {
  switch (credential.kind) {
    case "password":
      return signIn.withPassword(ask, credential);
    case "external-token":
      return { user: await externalSignIn.withToken(ask, credential.token), passwordVersion: null };
    case "guest": {
      if (!allowGuests) {
        throw new ChatError("GUESTS_NOT_ALLOWED", "this server lets no guests in: make an account");
      }
      return { user: await newUsers.createGuest(ask, credential.displayName), passwordVersion: null };
    }
    default:
      return credential satisfies never;
  }
}
