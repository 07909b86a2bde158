import { v1 } from "@confab/protocol";
import type { Access } from "../../app/access.ts";
import type { Accounts, ProfileChange } from "../../app/accounts.ts";
import type { Credentials } from "../../app/credentials.ts";
import type { Relationships } from "../../app/relationships.ts";
import { requireAccount } from "../../app/require.ts";
import type { Origin } from "../../domain/callers.ts";
import { ChatError } from "../../domain/errors.ts";
import type { UserId } from "../../domain/ids.ts";
import { userAccess } from "../access.ts";
import { type Binding, binding } from "../bind.ts";
import { parseEnd, parseRole, parseState, toUser } from "./convert.ts";
import { cutPage, parsePageSize, parsePageToken } from "./pages.ts";
import { required } from "./required.ts";

const MAX_BATCH = 100;
const ME = "me";

export interface UserParts {
  readonly accounts: Accounts;
  readonly credentials: Credentials;
  readonly access: Access;
  readonly relationships: Relationships;
}

/** The full contract's UserService. */
export function userService({ accounts, credentials, access, relationships }: UserParts): Binding {
  return binding(v1.UserService, userAccess, {
    async createUser({ user, password }, context) {
      const profile = required(user, "user");
      const created = await accounts.register(
        {
          handle: profile.handle,
          password,
          displayName: profile.displayName,
          about: profile.about,
          avatarUrl: profile.avatarUrl,
          labels: profile.labels,
          hidesPresence: profile.hidePresence,
          handleField: "user.handle",
        },
        context,
      );
      return { user: toUser(created) };
    },

    async getUser({ key }, context) {
      if (key.case === "handle") return { user: toUser(await accounts.get({ id: "", handle: key.value })) };
      const id = key.case === "userId" ? resolve(key.value, context) : "";
      return { user: toUser(await accounts.get({ id, handle: "" })) };
    },

    async batchGetUsers({ userIds }) {
      if (userIds.length > MAX_BATCH) {
        throw new ChatError("TOO_MANY_IDS", `user_ids has ${userIds.length} entries; at most ${MAX_BATCH}`, {
          field: "user_ids",
        });
      }
      const users = await accounts.getMany(userIds as UserId[]);
      return { users: users.map(toUser) };
    },

    async listUsers({ pageSize, pageToken, query }) {
      const list = `users like ${query}`;
      const size = parsePageSize(pageSize);
      const afterKey = parsePageToken(list, pageToken);
      const rows = await accounts.list({ afterKey, limit: size + 1, query });
      const { page, nextPageToken } = cutPage(rows, { list, size, positionOf: ({ key }) => key });
      return { users: page.map(({ user }) => toUser(user)), nextPageToken };
    },

    async updateUser({ user, updateMask }, context) {
      const profile = required(user, "user");
      const userId = resolve(profile.id, context);
      const change = toChange(profile, updateMask?.paths ?? []);
      return { user: toUser(await accounts.update(userId, change, context)) };
    },

    async changePassword({ currentPassword, newPassword }, context) {
      await credentials.change({ current: currentPassword, next: newPassword }, context);
      return {};
    },

    async updateUserAccess(request, context) {
      const change = {
        state: parseState(request.state, "state"),
        role: parseRole(request.role, "role"),
        untilMs: parseEnd(request.untilTime, "until_time"),
        reason: request.reason,
      };
      const user = await access.update(resolve(request.userId, context), change, context);
      return { user: toUser(user) };
    },

    async deleteUser({ userId, eraseMessages, validateOnly }, context) {
      const counts = await accounts.erase(resolve(userId, context), { eraseMessages, validateOnly }, context);
      const erased = Object.entries(counts).map(([table, count]) => [table, BigInt(count)]);
      return { erased: Object.fromEntries(erased) as Record<string, bigint> };
    },

    async updateRelationship({ relationship }, { caller }) {
      const { userId, blocked, muted } = required(relationship, "relationship");
      const wanted = { userId: userId as UserId, blocked, muted };
      return { relationship: await relationships.update(requireAccount(caller), wanted) };
    },

    async listRelationships({ pageSize, pageToken }, { caller }) {
      const list = "relationships";
      const size = parsePageSize(pageSize);
      const afterId = parsePageToken(list, pageToken);
      const rows = await relationships.list(requireAccount(caller), { afterId, limit: size + 1 });
      const { page, nextPageToken } = cutPage(rows, { list, size, positionOf: ({ userId }) => userId });
      return { relationships: [...page], nextPageToken };
    },
  });
}

/** `me` is whoever asks. @throws ChatError FIELD_REQUIRED for an empty id */
function resolve(userId: string, { caller }: Origin): UserId {
  if (userId === "")
    throw new ChatError("FIELD_REQUIRED", "give the id of a user, or `me`", { field: "user_id" });
  return userId === ME ? requireAccount(caller).account.id : (userId as UserId);
}

/** The part of a profile that a field mask names. @throws ChatError FIELD_UNKNOWN, FIELD_REQUIRED */
function toChange(user: v1.User, paths: readonly string[]): ProfileChange {
  if (paths.length === 0) {
    throw new ChatError("FIELD_REQUIRED", "name the fields to change in update_mask", {
      field: "update_mask",
    });
  }
  const changes = paths.map((path) => toFieldChange(user, path));
  const etag = user.etag === "" ? {} : { expectedVersion: toVersion(user.etag) };
  return Object.assign({ handleField: "user.handle" }, etag, ...changes) as ProfileChange;
}

function toFieldChange(user: v1.User, path: string): Partial<ProfileChange> {
  switch (path) {
    case "handle":
      return { handle: user.handle };
    case "display_name":
      return { displayName: user.displayName };
    case "about":
      return { about: user.about };
    case "avatar_url":
      return { avatarUrl: user.avatarUrl };
    case "labels":
      return { labels: user.labels };
    case "hide_presence":
      return { hidesPresence: user.hidePresence };
    default:
      throw new ChatError(
        "FIELD_UNKNOWN",
        `update_mask names "${path}": it may name handle, display_name, about, avatar_url, labels and hide_presence`,
        { field: "update_mask" },
      );
  }
}

function toVersion(etag: string): number {
  // What isn't an etag of ours is of no version, and conflicts with every one.
  return /^\d{1,15}$/.test(etag) ? Number(etag) : -1;
}
