import { type AccountAsk, actorNow } from "../../domain/access/ask.ts";
import { auditEntry } from "../../domain/admin/audit.ts";
import { ChatError } from "../../domain/errors.ts";
import type { UserId } from "../../domain/ids.ts";
import { parseLabels } from "../../domain/labels.ts";
import { parseAvatarUrl } from "../../domain/users/avatar.ts";
import type { HeldHandles } from "../../domain/users/held-handles.ts";
import { parseHandle } from "../../domain/users/names.ts";
import { parseAbout, parseDisplayName } from "../../domain/users/profile.ts";
import { type DirectMessages, type User, userNow } from "../../domain/users/user.ts";
import type { Store } from "../../store/port/store.ts";
import type { Publish } from "../publishing.ts";
import type { LiveSessions } from "../sessions/live-sessions.ts";
import type { UserChanges } from "./user-changes.ts";

/** Changes accounts that are there. */
export interface Accounts {
  /** Changes what is given. @throws ChatError NOT_PERMITTED, USER_NOT_FOUND, HANDLE_TAKEN, EDIT_CONFLICT */
  updateUser(ask: AccountAsk, change: ProfileChange): Promise<User>;
  /** Erases an account, or with `validateOnly` counts what would go: rows by table. */
  deleteUser(
    ask: AccountAsk,
    request: { userId: UserId; eraseMessages: boolean; validateOnly: boolean },
  ): Promise<Readonly<Record<string, number>>>;
}

export interface ProfileFields {
  readonly displayName?: string;
  readonly about?: string;
  readonly avatarUrl?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly hidesPresence?: boolean;
  readonly directMessages?: DirectMessages | null;
}

/** Each absent field stays as it is. */
export interface ProfileChange extends ProfileFields {
  readonly userId: UserId;
  readonly handle?: string;
  /** The version that the change was made from. */
  readonly expectedVersion?: number;
  /** The contract's name of the handle. */
  readonly handleField: string;
}

interface AccountsOptions {
  readonly store: Store;
  readonly userChanges: UserChanges;
  readonly live: LiveSessions;
  readonly publish: Publish;
  readonly held: HeldHandles;
}

export function createAccounts(options: AccountsOptions): Accounts {
  const { store, userChanges, live, publish, held } = options;
  return {
    async updateUser(ask, { userId, handle: wanted, handleField, expectedVersion, ...profile }) {
      const handle = wanted === undefined ? undefined : parseHandle(wanted, handleField, held);
      const caller = ask.caller.account;
      if (handle && caller.kind === "guest" && userId === caller.id) {
        const message = "a guest has no handle: make an account";
        throw new ChatError("NOT_PERMITTED", message, { field: handleField });
      }
      const { user, isChanged } = await store.updateUser({
        ...actorNow(ask),
        userId,
        ...(handle && { handle: { ...handle, field: handleField } }),
        ...parseProfile(profile),
        ...(expectedVersion !== undefined && { expectedVersion }),
        audit: auditEntry(ask, { action: "user-updated", targetId: userId }),
      });
      if (isChanged) userChanges.changed(userId);
      if (isChanged && handle) userChanges.handleTaken(handle.key);
      return userNow(user, ask.nowMs);
    },

    async deleteUser(ask, { validateOnly, ...which }) {
      const { userId } = which;
      const erasure = { ...which, ...actorNow(ask) };
      // Counted by a thread that reads: counting many messages would hold up whoever sends.
      const counts = await store.countErasable(erasure);
      if (validateOnly) return counts;
      const audit = auditEntry(ask, { action: "user-erased", targetId: userId });
      const { endedSessions, changes, roomIds } = await store.eraseUser({ ...erasure, audit });
      userChanges.erased(userId, roomIds);
      live.ended(endedSessions);
      for (const change of changes) publish({ change });
      return counts;
    },
  };
}

export function parseProfile(fields: ProfileFields): ProfileFields {
  const { displayName, about, avatarUrl, labels, hidesPresence, directMessages } = fields;
  return {
    ...(displayName !== undefined && { displayName: parseDisplayName(displayName, "display_name") }),
    ...(about !== undefined && { about: parseAbout(about, "about") }),
    ...(avatarUrl !== undefined && { avatarUrl: parseAvatarUrl(avatarUrl, "avatar_url") }),
    ...(labels && { labels: parseLabels(labels, "labels") }),
    ...(hidesPresence !== undefined && { hidesPresence }),
    ...(directMessages !== undefined && { directMessages }),
  };
}
