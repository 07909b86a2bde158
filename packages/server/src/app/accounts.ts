import { randomUUID } from "node:crypto";
import type { BusEvent } from "../bus/port.ts";
import { type AccountAction, decideAccountAction, decideCreation } from "../domain/account-actions.ts";
import { parseAvatarUrl } from "../domain/avatar.ts";
import type { Origin, SignedIn } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { UserId } from "../domain/ids.ts";
import { parseLabels } from "../domain/labels.ts";
import { type Handle, nameKey, parseGuestName, parseHandle } from "../domain/names.ts";
import { parseAbout, parseDisplayName } from "../domain/profile.ts";
import { roleNow } from "../domain/system-roles.ts";
import { type User, userNow } from "../domain/users.ts";
import type { ListedUser } from "../store/port/accounts.ts";
import type { Store } from "../store/port/store.ts";
import { auditEntry } from "./audit.ts";
import type { Clock } from "./clock.ts";
import type { Limits } from "./limits.ts";
import type { LiveSessions } from "./live-sessions.ts";
import type { NewPasswords } from "./new-passwords.ts";
import { requireAccount, requireAllowed } from "./require.ts";
import type { UserCache } from "./user-cache.ts";

/** What a guest who gives no name is shown as. */
const UNNAMED_GUEST = "Guest";

/** Accounts: who exists and what they say of themselves. */
export interface Accounts {
  /** @throws ChatError HANDLE_TAKEN, HANDLE_INVALID, PASSWORD_…, PROFILE_FIELD_…, REGISTRATION_CLOSED, RATE_LIMITED */
  register(account: NewAccount, origin: Origin): Promise<User>;
  /** A user who has proved who they are without a password: a guest, or someone known by another issuer. */
  create(account: { kind: "guest"; displayName: string }, origin: Origin): Promise<User>;
  /** The erased too, by their id. @throws ChatError USER_NOT_FOUND, FIELD_REQUIRED */
  get(key: AccountKey): Promise<User>;
  getMany(userIds: readonly UserId[]): Promise<readonly User[]>;
  list(page: { afterKey: string; limit: number; query: string }): Promise<readonly ListedUser[]>;
  /** Changes what is given. @throws ChatError NOT_PERMITTED, USER_NOT_FOUND, HANDLE_TAKEN, EDIT_CONFLICT */
  update(userId: UserId, change: ProfileChange, origin: Origin): Promise<User>;
  /** Erases an account, or with `validateOnly` counts what would go: rows by table. */
  erase(
    userId: UserId,
    options: { eraseMessages: boolean; validateOnly: boolean },
    origin: Origin,
  ): Promise<Readonly<Record<string, number>>>;
}

interface NewAccount {
  readonly handle: string;
  readonly password: string;
  readonly displayName: string;
  readonly about?: string;
  readonly avatarUrl?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly hidesPresence?: boolean;
  /** What the contract calls the handle. */
  readonly handleField: string;
}

/** By id, by handle where the id is empty. */
interface AccountKey {
  readonly id: string;
  readonly handle: string;
}

/** Each absent field stays as it is. */
export interface ProfileChange {
  readonly handle?: string;
  readonly displayName?: string;
  readonly about?: string;
  readonly avatarUrl?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly hidesPresence?: boolean;
  /** The version that the change was made from. */
  readonly expectedVersion?: number;
  readonly handleField: string;
}

export interface AccountsOptions {
  readonly store: Store;
  readonly users: UserCache;
  readonly newPasswords: NewPasswords;
  readonly live: LiveSessions;
  /** Tells everyone who listens what has happened. */
  readonly publish: (event: BusEvent) => void;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly registration: "open" | "closed";
}

export function createAccounts(options: AccountsOptions): Accounts {
  const { store, users, newPasswords, live, publish, limits, clock, registration } = options;

  async function requireAction(action: AccountAction, userId: UserId, caller: SignedIn): Promise<void> {
    const isSelf = caller.account.id === userId;
    const account = isSelf ? caller.account : await users.get(userId);
    requireAllowed(decideAccountAction(caller.account, { action, account, isSelf }, clock()));
  }

  return {
    async register(account, origin) {
      const { caller, address } = origin;
      const creator = caller.kind === "account" ? caller.account : null;
      requireAllowed(decideCreation(creator, { role: "user", registration }, clock()));
      const { handle, key } = parseHandle(account.handle, account.handleField);
      const profile = parseProfile(account);
      newPasswords.check(account.password, handle, "password");
      // Before the handle is looked up: which ones are taken is not to be found out by the thousand.
      if (!isTrusted(creator)) await limits.take("registerPerAddress", address);
      if (await store.findUser({ handleKey: key })) throw handleTaken(handle, account.handleField);

      const id = randomUUID() as string as UserId;
      const outcome = await store.createUser({
        id,
        kind: "human",
        role: "user",
        handle: { handle, key },
        displayName: "",
        ...profile,
        passwordHash: await newPasswords.hash(account.password),
        externalSubject: null,
        nowMs: clock(),
        audit: auditEntry(origin, clock, { action: "user-created", targetId: id }),
      });
      if (outcome === "handle-taken") throw handleTaken(handle, account.handleField);
      return this.get({ id, handle: "" });
    },

    async create({ kind, displayName: wanted }, origin) {
      const displayName = wanted === "" ? UNNAMED_GUEST : parseGuestName(wanted, "guest.display_name");
      if (await store.findUser({ handleKey: nameKey(displayName) })) {
        const message = `the name "${displayName}" belongs to an account: choose another`;
        throw new ChatError("NAME_HELD", message, { field: "guest.display_name" });
      }
      await limits.take("registerPerAddress", origin.address);
      const id = randomUUID() as string as UserId;
      await store.createUser({
        id,
        kind,
        role: "guest",
        handle: null,
        displayName,
        passwordHash: null,
        externalSubject: null,
        nowMs: clock(),
        audit: auditEntry(origin, clock, { action: "user-created", targetId: id }),
      });
      return this.get({ id, handle: "" });
    },

    async get({ id, handle }) {
      if (id === "" && handle === "") {
        throw new ChatError("FIELD_REQUIRED", "give the id or the name of a user", { field: "user_id" });
      }
      const user =
        id === "" ? await store.findUser({ handleKey: nameKey(handle) }) : await users.get(id as UserId);
      if (!user) throw notFound();
      return userNow(user, clock());
    },

    async getMany(userIds) {
      const users = await store.findUsers({ userIds });
      return users.map((user) => userNow(user, clock()));
    },

    async list({ afterKey, limit, query }) {
      const listed = await store.listUsers({ afterKey, limit, prefix: nameKey(query) });
      return listed.map(({ user, key }) => ({ user: userNow(user, clock()), key }));
    },

    async update(userId, change, origin) {
      const caller = requireAccount(origin.caller);
      await requireAction("update", userId, caller);
      const handle = change.handle === undefined ? undefined : parseHandle(change.handle, change.handleField);
      if (handle && caller.account.kind === "guest" && userId === caller.account.id) {
        throw new ChatError("NOT_PERMITTED", "a guest has no handle: make an account", {
          field: change.handleField,
        });
      }
      const { expectedVersion } = change;
      const outcome = await store.updateUser({
        userId,
        ...(handle && { handle }),
        ...parseProfile(change),
        ...(expectedVersion !== undefined && { expectedVersion }),
        nowMs: clock(),
        audit: auditEntry(origin, clock, { action: "user-updated", targetId: userId }),
      });
      switch (outcome.kind) {
        case "updated":
          userChanged(userId);
          return userNow(outcome.user, clock());
        case "not-found":
          throw notFound();
        case "handle-taken":
          throw handleTaken(handle?.handle ?? "", change.handleField);
        case "version-conflict":
          throw new ChatError("EDIT_CONFLICT", "the profile has changed since it was read: read it again", {
            field: "etag",
          });
        default:
          return outcome satisfies never;
      }
    },

    async erase(userId, { eraseMessages, validateOnly }, origin) {
      await requireAction("erase", userId, requireAccount(origin.caller));
      const outcome = await store.eraseUser({
        userId,
        eraseMessages,
        validateOnly,
        nowMs: clock(),
        audit: auditEntry(origin, clock, { action: "user-erased", targetId: userId }),
      });
      if (outcome.kind === "not-found") throw notFound();
      if (!validateOnly) userChanged(userId);
      live.ended(outcome.endedSessions);
      for (const change of outcome.changes) publish({ change });
      return outcome.counts;
    },
  };

  /** Whoever makes accounts for others is not counted as if they were all their own. */
  function isTrusted(creator: User | null): boolean {
    const role = creator && roleNow(creator, clock());
    return role === "admin" || role === "service";
  }

  function userChanged(userId: UserId): void {
    users.forget(userId);
    live.userChanged(userId);
  }
}

type ProfileFields = Pick<ProfileChange, "displayName" | "about" | "avatarUrl" | "labels" | "hidesPresence">;

function parseProfile({
  displayName,
  about,
  avatarUrl,
  labels,
  hidesPresence,
}: ProfileFields): ProfileFields {
  return {
    ...(displayName !== undefined && { displayName: parseDisplayName(displayName, "display_name") }),
    ...(about !== undefined && { about: parseAbout(about, "about") }),
    ...(avatarUrl !== undefined && { avatarUrl: parseAvatarUrl(avatarUrl, "avatar_url") }),
    ...(labels && { labels: parseLabels(labels, "labels") }),
    ...(hidesPresence !== undefined && { hidesPresence }),
  };
}

export function handleTaken(handle: Handle["handle"], field: string): ChatError {
  return new ChatError("HANDLE_TAKEN", `the name "${handle}" is taken: choose another`, { field });
}

export function notFound(): ChatError {
  return new ChatError("USER_NOT_FOUND", "there is no such user");
}
