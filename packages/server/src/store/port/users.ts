import type { ActorNow } from "../../domain/access/ask.ts";
import type { Actor } from "../../domain/access/callers.ts";
import type { AuditEntry } from "../../domain/admin/audit.ts";
import type { EndMs } from "../../domain/expiry.ts";
import type { RoomId, SessionId, UserId } from "../../domain/ids.ts";
import type { RoomChange } from "../../domain/live/changes.ts";
import type { AccountState, SystemRole } from "../../domain/users/system-roles.ts";
import type { DirectMessages, Relationship, User, UserKind } from "../../domain/users/user.ts";

export interface AccountStore {
  /**
   * Makes a user, unless another user has the handle (of a guest: the name as a handle), or the subject (a person at their
   * identity provider). Refuses with NOT_PERMITTED or REGISTRATION_CLOSED.
   */
  createUser(user: NewUser): Promise<"created" | "handle-taken" | "subject-known">;
  /** Whoever is or was known by that key; the erased only by their id. */
  findUser(key: UserKey): Promise<User | null>;
  findUsers(query: { userIds: readonly UserId[] }): Promise<readonly User[]>;
  /**
   * People and bots with a handle, in the order of their handles, after `afterKey`, at most `limit`. With a
   * prefix only those whose handle or display name begins with it, compared as names are.
   */
  listUsers(query: { afterKey: string; limit: number; prefix: string }): Promise<readonly ListedUser[]>;
  /** Changes the fields that are given. Refuses with USER_NOT_FOUND, NOT_PERMITTED, HANDLE_TAKEN or EDIT_CONFLICT. */
  updateUser(change: UserChange): Promise<UpdatedUser>;
  /** Guests who go by another name since an account took the handle; at most 100. */
  listGuestsRenamedFor(query: { handleKey: string }): Promise<readonly UserId[]>;
  /** Changes role or state. A suspension ends the sessions. Refuses with USER_NOT_FOUND or NOT_PERMITTED. */
  updateAccess(change: AccessChange): Promise<{ readonly endedSessions: readonly SessionId[] }>;
  /** Counts the rows that `eraseUser` would erase, by table. Refuses as it does. */
  countErasable(
    query: ActorNow & Pick<Erasure, "userId" | "eraseMessages">,
  ): Promise<Readonly<Record<string, number>>>;
  /**
   * Erases profile, credentials, sessions, keys, relationships and reactions, and leaves all rooms; the id
   * stays, so that messages keep a sender. With `eraseMessages` they become tombstones. Refuses with USER_NOT_FOUND or
   * NOT_PERMITTED.
   */
  eraseUser(erasure: Erasure): Promise<Erased>;

  findCredential(query: { handleKey: string }): Promise<Credential | null>;
  /**
   * Replaces the password and ends the user's sessions but the one to keep. Refuses with USER_NOT_FOUND, NOT_PERMITTED,
   * and with CREDENTIALS_WRONG when the proven password has been replaced since.
   */
  setPassword(change: PasswordChange): Promise<{ readonly endedSessions: readonly SessionId[] }>;
  /** Replaces the hash of an unchanged password, if it is still that one. */
  rehashPassword(change: { userId: UserId; oldHash: string; newHash: string; nowMs: number }): Promise<void>;

  /** Keeps what holds for users who have chosen nothing themselves. */
  setDefaults(defaults: UserDefaults): Promise<void>;

  /** Refuses with USER_NOT_FOUND or RELATIONSHIPS_FULL. */
  setRelationship(relationship: Relationship & ActorNow): Promise<void>;
  /** In the order of the other users' ids, after `afterId`, at most `limit`. */
  listRelationships(query: {
    ownerId: UserId;
    afterId: string;
    limit: number;
  }): Promise<readonly Relationship[]>;
}

export interface NewUser {
  /** Null: no caller asks for this account, but an identity provider, a guest or the server itself. */
  readonly request: AccountRequest | null;
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
  readonly directMessages?: DirectMessages | null;
  /** Null for those who sign in in another way. */
  readonly passwordHash: string | null;
  readonly externalSubject: string | null;
  readonly nowMs: number;
  readonly audit: AuditEntry;
}

/** Everything that decides if a caller may make an account. */
interface AccountRequest {
  /** Null: a caller without a token. */
  readonly creator: Actor | null;
  readonly registration: "open" | "closed";
  /** The creator sets labels, and no service does so for them. */
  readonly hasLabels: boolean;
}

/** The server's settings for users who have chosen nothing themselves. */
interface UserDefaults {
  readonly directMessages: DirectMessages;
}

export type UserKey =
  | { readonly userId: UserId }
  | { readonly handleKey: string }
  | { readonly externalSubject: string };

export interface ListedUser {
  readonly user: User;
  readonly key: string;
}

interface UserChange {
  /** Null: the identity provider. */
  readonly actor: Actor | null;
  readonly userId: UserId;
  /** With the name of its field in the contract, for the refusal. */
  readonly handle?: { readonly handle: string; readonly key: string; readonly field: string };
  readonly displayName?: string;
  readonly about?: string;
  readonly avatarUrl?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly hidesPresence?: boolean;
  readonly directMessages?: DirectMessages | null;
  /** Refuses the change with EDIT_CONFLICT if the profile has changed since. */
  readonly expectedVersion?: number;
  readonly nowMs: number;
  readonly audit: AuditEntry;
}

interface UpdatedUser {
  readonly user: User;
  /** False if the profile had all these values already. */
  readonly isChanged: boolean;
}

export interface AccessChange {
  /** Null: the identity provider. */
  readonly actor: Actor | null;
  readonly userId: UserId;
  readonly state?: AccountState;
  readonly role?: { readonly role: SystemRole; readonly untilMs: EndMs };
  readonly nowMs: number;
  readonly audit: AuditEntry;
}

export interface Erasure extends ActorNow {
  readonly userId: UserId;
  readonly eraseMessages: boolean;
  readonly audit: AuditEntry;
}

export interface Erased {
  readonly endedSessions: readonly SessionId[];
  readonly changes: readonly RoomChange[];
  /** The rooms of at most 500 members that the user was in until now. */
  readonly roomIds: readonly RoomId[];
}

export interface Credential {
  readonly user: User;
  readonly passwordHash: string;
  /** Another for each password that the account has had. */
  readonly passwordVersion: number;
}

interface PasswordChange extends ActorNow {
  /** The version of the current password, where the actor has proved that they know it. */
  readonly provenVersion: number | null;
  readonly userId: UserId;
  readonly passwordHash: string;
  readonly keepSessionId: SessionId | null;
  readonly audit: AuditEntry;
}
