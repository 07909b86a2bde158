import type { AuditEntry } from "../../domain/audit.ts";
import type { RoomChange } from "../../domain/changes.ts";
import type { SessionId, UserId } from "../../domain/ids.ts";
import type { ServiceKey, Session } from "../../domain/sessions.ts";
import type { User } from "../../domain/users.ts";

export interface SessionStore {
  /** Opens a session; past `maxPerUser`, the user's longest unused ones end. */
  createSession(session: NewSession): Promise<{ readonly endedSessions: readonly SessionId[] }>;
  /** A session that has not ended, with its user as they are now. */
  findSession(query: { sessionId: SessionId; nowMs: number }): Promise<LiveSession | null>;
  /**
   * Replaces a refresh token by its successor. The old one counts until the successor is used. Any other of
   * the session's family ends the session: it was replaced before, so one of its two users has stolen it.
   */
  rotateRefreshToken(rotation: RefreshRotation): Promise<RefreshOutcome>;
  /** In the order of their ids, after `afterId`, at most `limit`. */
  listSessions(query: {
    userId: UserId;
    afterId: string;
    limit: number;
    nowMs: number;
  }): Promise<readonly Session[]>;
  /** Ends one session, or all of a user's. Gives the ids of those that ended. */
  endSessions(ending: {
    userId: UserId;
    /** Null: all of them. */
    sessionId: SessionId | null;
    audit: AuditEntry;
  }): Promise<readonly SessionId[]>;

  /** Makes a key and the account that it acts as, or says that the name is taken. */
  createServiceKey(key: NewServiceKey): Promise<"created" | "name-taken">;
  findServiceKey(
    query: { keyHash: string } | { keyId: string },
  ): Promise<{ readonly keyId: string; readonly userId: UserId } | null>;
  listServiceKeys(query: { limit: number }): Promise<readonly ServiceKey[]>;
  /** Removes a key and erases its account, which leaves all rooms. */
  deleteServiceKey(query: {
    name: string;
    nowMs: number;
    audit: AuditEntry;
  }): Promise<DeletedKey | "not-found">;
}

export interface DeletedKey {
  readonly keyId: string;
  readonly userId: UserId;
  readonly changes: readonly RoomChange[];
}

export interface NewSession extends Session {
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
  /** How long a session lives on from each use, and from its creation in all. */
  readonly idleMs: number;
  readonly absoluteMs: number;
  /** The entry for a reuse; its actor and target are filled in. */
  readonly reuseAudit: AuditEntry;
}

export type RefreshOutcome =
  | ({ readonly kind: "rotated" } & LiveSession)
  | { readonly kind: "reused"; readonly sessionId: SessionId }
  | { readonly kind: "unknown" };

export interface NewServiceKey {
  readonly keyId: string;
  readonly userId: UserId;
  readonly name: { readonly handle: string; readonly key: string };
  readonly keyHash: string;
  readonly nowMs: number;
  readonly audit: AuditEntry;
}
