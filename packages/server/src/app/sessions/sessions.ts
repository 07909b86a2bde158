import { randomUUID } from "node:crypto";
import type { Ask } from "../../domain/access/ask.ts";
import { auditEntry } from "../../domain/admin/audit.ts";
import { ChatError } from "../../domain/errors.ts";
import type { SessionId } from "../../domain/ids.ts";
import type { Session } from "../../domain/sessions/session.ts";
import { parseDeviceName } from "../../domain/users/profile.ts";
import type { User } from "../../domain/users/user.ts";
import type { Store } from "../../store/port/store.ts";
import type { Clock } from "../clock.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { type LiveSessions, revoked } from "./live-sessions.ts";
import { type Exchange, RecentRefreshes } from "./recent-refreshes.ts";
import { newRefreshToken, parseRefreshToken, type RefreshToken, successorOf } from "./secrets.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const ACCESS_LIFETIME_MS = 5 * MINUTE_MS;
/** A refresh token that is not used for this long is no longer good. */
export const REFRESH_IDLE_MS = 30 * DAY_MS;
const ABSOLUTE_LIFETIME_MS = 90 * DAY_MS;
/** The simple contract has no refresh: its sessions live as long as their one token. */
const SIMPLE_LIFETIME_MS = 12 * 60 * MINUTE_MS;
const MAX_SESSIONS_PER_USER = 20;

/** The secrets that a client holds of a session. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInMs: number;
}

/** A session that goes on with new tokens. */
export interface RefreshedSession extends TokenPair {
  readonly sessionId: SessionId;
}

export interface OpenedSession extends TokenPair {
  readonly session: Session;
}

/** A user who has proved who they are, and the version of the password that they did it with, if it was one. */
export interface Proof {
  readonly user: User;
  readonly passwordVersion: number | null;
}

/** Opens and refreshes sessions, for users who have proved who they are. */
export interface Sessions {
  /** @throws ChatError CREDENTIALS_WRONG when the proof no longer counts */
  open(ask: Ask, opening: Proof & { readonly deviceName: string }): Promise<OpenedSession>;
  /** Opens a session of 12 hours that has one token and no refresh. @throws ChatError as `open` does */
  openSimple(ask: Ask, proof: Proof): Promise<string>;
  /** @throws ChatError TOKEN_INVALID, SESSION_REVOKED for a token that was used before its successor was */
  refresh(ask: Ask, refreshToken: string): Promise<RefreshedSession>;
}

interface SessionsOptions {
  readonly store: Store;
  readonly tokens: AccessTokens;
  readonly live: LiveSessions;
  readonly clock: Clock;
}

export function createSessions(options: SessionsOptions): Sessions {
  const { tokens, live, clock } = options;
  const recent = new RecentRefreshes(clock);
  return {
    async open(ask, { deviceName, ...proof }) {
      const refresh = newRefreshToken();
      const session = await create(options, ask, {
        ...proof,
        deviceName: parseDeviceName(deviceName, "device_name"),
        lifetimeMs: REFRESH_IDLE_MS,
        refreshToken: refresh,
      });
      const accessToken = await tokens.issue({
        sessionId: session.id,
        userId: session.userId,
        lifetimeMs: ACCESS_LIFETIME_MS,
      });
      return { session, accessToken, refreshToken: refresh.secret, expiresInMs: ACCESS_LIFETIME_MS };
    },

    async openSimple(ask, proof) {
      const lifetimeMs = SIMPLE_LIFETIME_MS;
      const { id, userId } = await create(options, ask, {
        ...proof,
        deviceName: "",
        lifetimeMs,
        refreshToken: null,
      });
      return tokens.issue({ sessionId: id, userId, lifetimeMs });
    },

    async refresh(ask, refreshToken) {
      const token = parseRefreshToken(refreshToken);
      if (!token) throw unknownRefreshToken();
      const exchange = await recent.get(refreshToken, () => rotate(options, ask, token));
      // The session may have ended since this answer was first given.
      await live.get(exchange.sessionId);
      return {
        sessionId: exchange.sessionId,
        accessToken: exchange.accessToken,
        refreshToken: exchange.refreshToken,
        expiresInMs: exchange.accessEndsAtMs - ask.nowMs,
      };
    },
  };
}

interface NewSession extends Proof {
  readonly deviceName: string;
  readonly lifetimeMs: number;
  readonly refreshToken: RefreshToken | null;
}

async function create(
  { store, live }: SessionsOptions,
  ask: Ask,
  { user, passwordVersion, deviceName, lifetimeMs, refreshToken }: NewSession,
): Promise<Session> {
  const { nowMs } = ask;
  const session: Session = {
    id: randomUUID() as string as SessionId,
    userId: user.id,
    deviceName,
    createdAtMs: nowMs,
    lastUsedAtMs: nowMs,
    expiresAtMs: nowMs + lifetimeMs,
  };
  const caller = { kind: "account", account: user, sessionId: session.id, serviceId: null } as const;
  const { endedSessions } = await store.createSession({
    ...session,
    provenVersion: passwordVersion,
    // The token itself stays here: the store is given no secret.
    refreshToken: refreshToken && { hash: refreshToken.hash, familyHash: refreshToken.familyHash },
    maxPerUser: MAX_SESSIONS_PER_USER,
    audit: auditEntry({ caller, address: ask.address, nowMs }, { action: "sign-in", targetId: session.id }),
  });
  live.ended(endedSessions);
  return session;
}

async function rotate(
  { store, tokens, live }: SessionsOptions,
  ask: Ask,
  token: RefreshToken,
): Promise<Exchange> {
  const successor = successorOf(token);
  const outcome = await store.rotateRefreshToken({
    familyHash: token.familyHash,
    tokenHash: token.hash,
    successorHash: successor.hash,
    nowMs: ask.nowMs,
    idleMs: REFRESH_IDLE_MS,
    absoluteMs: ABSOLUTE_LIFETIME_MS,
    reuseAudit: auditEntry(ask, { action: "session-refresh-reused" }),
  });
  switch (outcome.kind) {
    case "rotated": {
      const { session, user } = outcome;
      live.userChanged(user.id);
      const issued = { sessionId: session.id, userId: user.id, lifetimeMs: ACCESS_LIFETIME_MS };
      return {
        sessionId: session.id,
        accessToken: await tokens.issue(issued),
        accessEndsAtMs: ask.nowMs + ACCESS_LIFETIME_MS,
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

function unknownRefreshToken(): ChatError {
  return new ChatError("TOKEN_INVALID", "the refresh token is not valid: sign in again");
}
