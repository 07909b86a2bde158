import { v1 } from "@confab/protocol";
import type { ProfileChange } from "../../../app/users/accounts.ts";
import type { Users } from "../../../app/users/users.ts";
import type { AccountAsk } from "../../../domain/access/ask.ts";
import { ChatError } from "../../../domain/errors.ts";
import type { UserId } from "../../../domain/ids.ts";
import { userAccess } from "../../access.ts";
import { type Binding, binding } from "../../binding.ts";
import { toUserId } from "../ids.ts";
import { type Readers, readMask } from "../masks.ts";
import { parseEnd, parseEtag } from "../numbers.ts";
import { readPage } from "../pages.ts";
import { required } from "../required.ts";
import { parseDirectMessages, parseRole, parseState, toUser } from "./convert.ts";
import { relationshipHandlers } from "./relationships.ts";

const MAX_BATCH = 100;

/** The full contract's UserService. */
export function userService(users: Users): Binding {
  return binding(v1.UserService, userAccess, {
    async createUser(ask, { user, password }) {
      const profile = toProfile(required(user, "user"));
      return { user: toUser(await users.createUser(ask, { ...profile, password })) };
    },

    async getUser(ask, { key }) {
      const id = key.case === "userId" ? resolve(key.value, ask) : "";
      const handle = key.case === "handle" ? key.value : "";
      return { user: toUser(await users.getUser(ask, { id, handle })) };
    },

    async batchGetUsers(ask, { userIds }) {
      if (userIds.length > MAX_BATCH) {
        const message = `user_ids has ${userIds.length} entries; at most ${MAX_BATCH}`;
        throw new ChatError("TOO_MANY_IDS", message, { field: "user_ids" });
      }
      const found = await users.batchGetUsers(ask, userIds as UserId[]);
      return { users: found.map(toUser) };
    },

    async listUsers(ask, { query, ...request }) {
      const { page, nextPageToken } = await readPage(request, {
        list: `users like ${query}`,
        read: (afterKey, limit) => users.listUsers(ask, { afterKey, limit, query }),
        positionOf: ({ key }) => key,
      });
      return { users: page.map(({ user }) => toUser(user)), nextPageToken };
    },

    async updateUser(ask, { user, updateMask }) {
      const profile = required(user, "user");
      const userId = resolve(profile.id, ask);
      const change = toChange(profile, updateMask?.paths ?? []);
      return { user: toUser(await users.updateUser(ask, { userId, ...change })) };
    },

    async changePassword(ask, request) {
      await users.changePassword(ask, request);
      return {};
    },

    async updateUserAccess(ask, request) {
      return { user: toUser(await users.updateUserAccess(ask, toAccessChange(ask, request))) };
    },

    async deleteUser(ask, { userId, eraseMessages, validateOnly }) {
      const erasure = { userId: resolve(userId, ask), eraseMessages, validateOnly };
      const counts = await users.deleteUser(ask, erasure);
      const erased = Object.entries(counts).map(([table, count]) => [table, BigInt(count)]);
      return { erased: Object.fromEntries(erased) as Record<string, bigint> };
    },

    ...relationshipHandlers(users),
  });
}

/** @throws ChatError FIELD_REQUIRED for an empty id */
function resolve(userId: string, ask: AccountAsk): UserId {
  if (userId === "") {
    throw new ChatError("FIELD_REQUIRED", "give the id of a user, or `me`", { field: "user_id" });
  }
  return toUserId(userId, ask);
}

function toProfile({ handle, displayName, about, avatarUrl, labels, ...user }: v1.User) {
  const handleField = "user.handle";
  const settings = { hidesPresence: user.hidePresence, ...toDirectMessages(user) };
  return { handle, displayName, about, avatarUrl, labels, ...settings, handleField };
}

function toAccessChange(ask: AccountAsk, request: v1.UpdateUserAccessRequest) {
  return {
    state: parseState(request.state, "state"),
    role: parseRole(request.role, "role"),
    untilMs: parseEnd(request.untilTime, "until_time"),
    reason: request.reason,
    userId: resolve(request.userId, ask),
  };
}

function toDirectMessages({ directMessages }: Pick<v1.User, "directMessages">) {
  return { directMessages: parseDirectMessages(directMessages, "user.direct_messages") };
}

const readers: Readers<v1.User, ProfileChange> = {
  handle: ({ handle }) => ({ handle }),
  display_name: ({ displayName }) => ({ displayName }),
  about: ({ about }) => ({ about }),
  avatar_url: ({ avatarUrl }) => ({ avatarUrl }),
  labels: ({ labels }) => ({ labels }),
  hide_presence: ({ hidePresence }) => ({ hidesPresence: hidePresence }),
  direct_messages: toDirectMessages,
};

/** Reads the changes that a field mask names. @throws ChatError FIELD_REQUIRED, FIELD_UNKNOWN */
function toChange(user: v1.User, paths: readonly string[]): Omit<ProfileChange, "userId"> {
  const expectedVersion = parseEtag(user.etag);
  return {
    ...readMask(user, paths, readers),
    ...(expectedVersion !== null && { expectedVersion }),
    handleField: "user.handle",
  };
}
