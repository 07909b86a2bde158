import type { ActorNow } from "../../domain/access/ask.ts";
import type { AuditEntry } from "../../domain/admin/audit.ts";
import type { RoomId, SessionId, UserId } from "../../domain/ids.ts";
import type { ServiceKey, Session } from "../../domain/sessions/session.ts";
import type { User } from "../../domain/users/user.ts";
import type { Changed } from "./changed.ts";

export interface SessionStore {
  /**
   * Opens a session; past `maxPerUser`, the user's longest unused ones end. Refuses with CREDENTIALS_WRONG when the user has
   * another password than the proven one or is erased, with SUSPENDED when they are suspended.
   */
  createSession(session: NewSession): Promise<{ readonly endedSessions: readonly SessionId[] }>;
  /** A session that has not ended, with its user as they are now. */
  findSession(query: { sessionId: SessionId; nowMs: number }): Promise<LiveSession | null>;
  /**
   * Replaces a refresh token by its successor. The old one counts until the successor is used. Any other of
   * the session's family ends the session: it was replaced before, so one of its two users has stolen it. That is
   * stored, so the outcome is a value: a refusal that is thrown undoes its transaction.
   */
  rotateRefreshToken(rotation: RefreshRotation): Promise<RefreshOutcome>;
  /** In the order of their ids, after `afterId`, at most `limit`. Refuses with USER_NOT_FOUND or NOT_PERMITTED. */
  listSessions(
    query: ActorNow & { userId: UserId; afterId: string; limit: number },
  ): Promise<readonly Session[]>;
  /** Ends one session, or all of a user's. Gives the ids of those that ended. Refuses with USER_NOT_FOUND or NOT_PERMITTED. */
  endSessions(
    ending: ActorNow & {
      userId: UserId;
      /** Null: all of them. */
      sessionId: SessionId | null;
      audit: AuditEntry;
    },
  ): Promise<readonly SessionId[]>;

  /** Makes a key and the account that it acts as. Refuses with HANDLE_TAKEN or NOT_PERMITTED. */
  createServiceKey(key: NewServiceKey): Promise<void>;
  findServiceKey(
    query: { keyHash: string } | { keyId: string },
  ): Promise<{ readonly keyId: string; readonly userId: UserId } | null>;
  /** By name. Refuses with NOT_PERMITTED. */
  listServiceKeys(query: ActorNow & { limit: number }): Promise<readonly ServiceKey[]>;
  /** Removes a key and erases its account, which leaves all rooms. Refuses with SERVICE_KEY_NOT_FOUND or NOT_PERMITTED. */
  deleteServiceKey(
    query: ActorNow & { name: string; audit: AuditEntry },
  ): Promise<
    { readonly keyId: string; readonly userId: UserId; readonly roomIds: readonly RoomId[] } & Changed
  >;
}

export interface NewSession extends Session {
  /** The version of the password that the user has proved to know; null: they signed in without one. */
  readonly provenVersion: number | null;
  /** The hashes of its first refresh token; null for a session that can't be refreshed. */
  readonly refreshToken: { readonly hash: string; readonly familyHash: string } | null;
  readonly maxPerUser: number;
  readonly audit: AuditEntry;
}

export interface LiveSession {
  readonly session: Session;
  readonly user: User;
}

export interface RefreshRotation {
  readonly familyHash: string;
  readonly tokenHash: string;
  readonly successorHash: string;
  readonly nowMs: number;
  /** The session's lifetime from each use, and from its creation. */
  readonly idleMs: number;
  readonly absoluteMs: number;
  /** The entry for a reuse; its actor and target are filled in. */
  readonly reuseAudit: AuditEntry;
}

export type RefreshOutcome =
  | ({ readonly kind: "rotated" } & LiveSession)
  | { readonly kind: "reused"; readonly sessionId: SessionId }
  | { readonly kind: "unknown" };

interface NewServiceKey extends ActorNow {
  readonly keyId: string;
  readonly userId: UserId;
  readonly name: { readonly handle: string; readonly key: string };
  readonly keyHash: string;
  readonly audit: AuditEntry;
}
