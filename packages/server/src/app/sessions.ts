import { randomUUID } from "node:crypto";
import { decideAccountAction } from "../domain/account-actions.ts";
import type { Origin, SignedIn } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { SessionId, UserId } from "../domain/ids.ts";
import { parseDeviceName } from "../domain/profile.ts";
import type { Session } from "../domain/sessions.ts";
import type { User } from "../domain/users.ts";
import type { Store } from "../store/port/store.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { auditEntry } from "./audit.ts";
import type { Clock } from "./clock.ts";
import { type LiveSessions, revoked } from "./live-sessions.ts";
import { type Exchange, RecentRefreshes } from "./recent-refreshes.ts";
import { requireAccount, requireAllowed } from "./require.ts";
import { newRefreshToken, parseRefreshToken, type RefreshToken, successorOf } from "./secrets.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const ACCESS_LIFETIME_MS = 5 * MINUTE_MS;
const IDLE_LIFETIME_MS = 30 * DAY_MS;
const ABSOLUTE_LIFETIME_MS = 90 * DAY_MS;
/** The simple contract has no refresh: its sessions live as long as their one token. */
const SIMPLE_LIFETIME_MS = 12 * 60 * MINUTE_MS;
const MAX_SESSIONS_PER_USER = 20;

/** What a client holds of a session. */
interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInMs: number;
}

/** Signed-in devices: opening, refreshing, listing and ending their sessions. */
export interface Sessions {
  /** Opens a session for a user who has proved who they are. */
  open(user: User, origin: Origin, deviceName: string): Promise<{ session: Session } & TokenPair>;
  /** Opens a session of 12 hours that has one token and no refresh. */
  openSimple(user: User, origin: Origin): Promise<string>;
  /** @throws ChatError TOKEN_INVALID, SESSION_REVOKED for a token that was used before its successor was */
  refresh(refreshToken: string, origin: Origin): Promise<TokenPair>;
  /**
   * Whose sessions are asked for: the caller's, or those of whom an administrator names.
   *
   * @throws ChatError NOT_PERMITTED, USER_NOT_FOUND
   */
  owner(askedId: string, origin: Origin): Promise<UserId>;
  list(userId: UserId, page: { afterId: string; limit: number }): Promise<readonly Session[]>;
  /** Ends one session, or all of a user's. Gives how many. @throws ChatError SESSION_NOT_FOUND */
  end(ending: { userId: UserId; sessionId: SessionId | null; origin: Origin }): Promise<number>;
  /** The caller that an access token stands for. @throws ChatError TOKEN_INVALID, TOKEN_EXPIRED, SESSION_REVOKED */
  authenticate(accessToken: string): SignedIn | Promise<SignedIn>;
}

export interface SessionsOptions {
  readonly store: Store;
  readonly tokens: AccessTokens;
  readonly live: LiveSessions;
  readonly clock: Clock;
}

export function createSessions({ store, tokens, live, clock }: SessionsOptions): Sessions {
  const recent = new RecentRefreshes(clock);

  async function create(
    user: User,
    origin: Origin,
    options: { deviceName: string; lifetimeMs: number; refreshToken: RefreshToken | null },
  ): Promise<Session> {
    const { refreshToken } = options;
    const nowMs = clock();
    const session: Session = {
      id: randomUUID() as string as SessionId,
      userId: user.id,
      deviceName: options.deviceName,
      createdAtMs: nowMs,
      lastUsedAtMs: nowMs,
      expiresAtMs: nowMs + options.lifetimeMs,
    };
    const by: Origin = {
      caller: { kind: "account", account: user, sessionId: session.id, serviceId: null },
      address: origin.address,
    };
    const { endedSessions } = await store.createSession({
      ...session,
      // The token itself stays here: the store is given no secret.
      refreshToken: refreshToken && { hash: refreshToken.hash, familyHash: refreshToken.familyHash },
      maxPerUser: MAX_SESSIONS_PER_USER,
      audit: auditEntry(by, clock, { action: "sign-in", targetId: session.id }),
    });
    live.ended(endedSessions);
    return session;
  }

  async function rotate(token: RefreshToken, origin: Origin): Promise<Exchange> {
    const successor = successorOf(token);
    const nowMs = clock();
    const outcome = await store.rotateRefreshToken({
      familyHash: token.familyHash,
      tokenHash: token.hash,
      successorHash: successor.hash,
      nowMs,
      idleMs: IDLE_LIFETIME_MS,
      absoluteMs: ABSOLUTE_LIFETIME_MS,
      reuseAudit: auditEntry(origin, clock, { action: "session-refresh-reused" }),
    });
    switch (outcome.kind) {
      case "rotated": {
        const { session, user } = outcome;
        live.userChanged(user.id);
        const issued = { sessionId: session.id, userId: user.id, lifetimeMs: ACCESS_LIFETIME_MS };
        return {
          sessionId: session.id,
          accessToken: await tokens.issue(issued),
          accessEndsAtMs: nowMs + ACCESS_LIFETIME_MS,
          refreshToken: successor.secret,
        };
      }
      case "reused":
        live.ended([outcome.sessionId]);
        throw revoked();
      case "unknown":
        throw unknownRefreshToken();
      default:
        return outcome satisfies never;
    }
  }

  return {
    async open(user, origin, deviceName) {
      const refresh = newRefreshToken();
      const session = await create(user, origin, {
        deviceName: parseDeviceName(deviceName, "device_name"),
        lifetimeMs: IDLE_LIFETIME_MS,
        refreshToken: refresh,
      });
      const accessToken = await tokens.issue({
        sessionId: session.id,
        userId: user.id,
        lifetimeMs: ACCESS_LIFETIME_MS,
      });
      return { session, accessToken, refreshToken: refresh.secret, expiresInMs: ACCESS_LIFETIME_MS };
    },

    async openSimple(user, origin) {
      const lifetimeMs = SIMPLE_LIFETIME_MS;
      const { id } = await create(user, origin, { deviceName: "", lifetimeMs, refreshToken: null });
      return tokens.issue({ sessionId: id, userId: user.id, lifetimeMs });
    },

    async refresh(refreshToken, origin) {
      const token = parseRefreshToken(refreshToken);
      if (!token) throw unknownRefreshToken();
      const exchange = await recent.get(refreshToken, () => rotate(token, origin));
      // The session may have ended since this answer was first given.
      await live.get(exchange.sessionId);
      return {
        accessToken: exchange.accessToken,
        refreshToken: exchange.refreshToken,
        expiresInMs: exchange.accessEndsAtMs - clock(),
      };
    },

    async owner(askedId, { caller }) {
      const { account } = requireAccount(caller);
      if (askedId === "" || askedId === account.id) return account.id;
      const userId = askedId as UserId;
      const target = { account: await store.findUser({ userId }), isSelf: false };
      requireAllowed(
        decideAccountAction(account, { action: "manage-sessions", ...target }, clock()),
        "user_id",
      );
      return userId;
    },

    list: (userId, { afterId, limit }) => store.listSessions({ userId, afterId, limit, nowMs: clock() }),

    async end({ userId, sessionId, origin }) {
      const targetId = sessionId ?? userId;
      const audit = auditEntry(origin, clock, { action: "sign-out", targetId });
      const ended = await store.endSessions({ userId, sessionId, audit });
      live.ended(ended);
      if (sessionId !== null && ended.length === 0) {
        throw new ChatError("SESSION_NOT_FOUND", `there is no session with id "${sessionId}"`, {
          field: "session_id",
        });
      }
      return ended.length;
    },

    authenticate(accessToken) {
      const sessionId = tokens.verify(accessToken);
      if (sessionId instanceof Promise) return sessionId.then(toCaller);
      return toCaller(sessionId);
    },
  };

  function toCaller(sessionId: SessionId): SignedIn | Promise<SignedIn> {
    const found = live.get(sessionId);
    return found instanceof Promise ? found.then(({ user }) => asCaller(user)) : asCaller(found.user);

    function asCaller(account: User): SignedIn {
      return { kind: "account", account, sessionId, serviceId: null };
    }
  }
}

function unknownRefreshToken(): ChatError {
  return new ChatError("TOKEN_INVALID", "the refresh token is not valid: sign in again");
}
