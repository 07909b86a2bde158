import type { AuditEntry } from "../../domain/audit.ts";
import type { RoomChange } from "../../domain/changes.ts";
import type { EndMs } from "../../domain/expiry.ts";
import type { SessionId, UserId } from "../../domain/ids.ts";
import type { AccountState, SystemRole } from "../../domain/system-roles.ts";
import type { Relationship, User, UserKind } from "../../domain/users.ts";

export interface AccountStore {
  /** Makes a user, or says that the handle is taken, or that who it is at their issuer has a user already. */
  createUser(user: NewUser): Promise<"created" | "handle-taken" | "subject-known">;
  /** Whoever is or was known by that key; the erased only by their id. */
  findUser(key: UserKey): Promise<User | null>;
  findUsers(query: { userIds: readonly UserId[] }): Promise<readonly User[]>;
  /**
   * People and bots with a handle, in the order of their handles, after `afterKey`, at most `limit`. With a
   * prefix only those whose handle or display name begins with it, compared as names are.
   */
  listUsers(query: { afterKey: string; limit: number; prefix: string }): Promise<readonly ListedUser[]>;
  /** Changes the fields that are given. */
  updateUser(change: UserChange): Promise<UpdateOutcome>;
  /** Changes role or state. A suspension ends the sessions. */
  updateAccess(change: AccessChange): Promise<{ readonly endedSessions: readonly SessionId[] } | "not-found">;
  /**
   * Erases profile, credentials, sessions, keys, relationships and reactions, and leaves all rooms; the id
   * stays, so that messages keep a sender. With `eraseMessages` they become tombstones. With `validateOnly`
   * it only counts.
   */
  eraseUser(erasure: Erasure): Promise<ErasureOutcome>;

  findCredential(query: { handleKey: string }): Promise<Credential | null>;
  /** Replaces the password and ends the user's sessions but the one to keep. */
  setPassword(change: PasswordChange): Promise<{ readonly endedSessions: readonly SessionId[] }>;
  /** Replaces the hash of an unchanged password, if it is still that one. */
  rehashPassword(change: { userId: UserId; oldHash: string; newHash: string; nowMs: number }): Promise<void>;

  setRelationship(relationship: Relationship & { readonly ownerId: UserId }): Promise<"set" | "not-found">;
  /** In the order of the other users' ids, after `afterId`, at most `limit`. */
  listRelationships(query: {
    ownerId: UserId;
    afterId: string;
    limit: number;
  }): Promise<readonly Relationship[]>;
}

export interface NewUser {
  readonly id: UserId;
  readonly kind: UserKind;
  readonly role: SystemRole;
  /** Null for guests. */
  readonly handle: { readonly handle: string; readonly key: string } | null;
  readonly displayName: string;
  readonly about?: string;
  readonly avatarUrl?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly hidesPresence?: boolean;
  /** Null for those who sign in in another way. */
  readonly passwordHash: string | null;
  readonly externalSubject: string | null;
  readonly nowMs: number;
  readonly audit: AuditEntry;
}

export type UserKey =
  | { readonly userId: UserId }
  | { readonly handleKey: string }
  | { readonly externalSubject: string };

export interface ListedUser {
  readonly user: User;
  readonly key: string;
}

export interface UserChange {
  readonly userId: UserId;
  readonly handle?: { readonly handle: string; readonly key: string };
  readonly displayName?: string;
  readonly about?: string;
  readonly avatarUrl?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly hidesPresence?: boolean;
  /** Refuses the change if the profile has changed since. */
  readonly expectedVersion?: number;
  readonly nowMs: number;
  readonly audit: AuditEntry;
}

export type UpdateOutcome =
  | { readonly kind: "updated"; readonly user: User }
  | { readonly kind: "not-found" }
  | { readonly kind: "handle-taken" }
  | { readonly kind: "version-conflict" };

export interface AccessChange {
  readonly userId: UserId;
  readonly state?: AccountState;
  readonly role?: { readonly role: SystemRole; readonly untilMs: EndMs };
  readonly nowMs: number;
  readonly audit: AuditEntry;
}

export interface Erasure {
  readonly userId: UserId;
  readonly eraseMessages: boolean;
  readonly validateOnly: boolean;
  readonly nowMs: number;
  readonly audit: AuditEntry;
}

export type ErasureOutcome =
  | {
      readonly kind: "erased";
      /** Rows by table. */
      readonly counts: Readonly<Record<string, number>>;
      readonly endedSessions: readonly SessionId[];
      readonly changes: readonly RoomChange[];
    }
  | { readonly kind: "not-found" };

export interface Credential {
  readonly user: User;
  readonly passwordHash: string;
}

export interface PasswordChange {
  readonly userId: UserId;
  readonly passwordHash: string;
  readonly keepSessionId: SessionId | null;
  readonly nowMs: number;
  readonly audit: AuditEntry;
}
