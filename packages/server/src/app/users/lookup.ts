import type { Ask } from "../../domain/access/ask.ts";
import { ChatError } from "../../domain/errors.ts";
import type { UserId } from "../../domain/ids.ts";
import { nameKey } from "../../domain/users/names.ts";
import { type User, userNotFound, userNow } from "../../domain/users/user.ts";
import type { Store } from "../../store/port/store.ts";
import type { ListedUser } from "../../store/port/users.ts";
import type { UserCache } from "./user-cache.ts";

/** Reads users, as they are at the moment of the ask. */
export interface UserLookup {
  /** By id, by handle where the id is empty; the erased only by their id. @throws ChatError USER_NOT_FOUND, FIELD_REQUIRED */
  getUser(ask: Ask, key: { readonly id: string; readonly handle: string }): Promise<User>;
  batchGetUsers(ask: Ask, userIds: readonly UserId[]): Promise<readonly User[]>;
  listUsers(
    ask: Ask,
    page: { afterKey: string; limit: number; query: string },
  ): Promise<readonly ListedUser[]>;
}

export function createUserLookup(store: Store, users: UserCache): UserLookup {
  return {
    async getUser({ nowMs }, { id, handle }) {
      if (id === "" && handle === "") {
        throw new ChatError("FIELD_REQUIRED", "give the id or the name of a user", { field: "user_id" });
      }
      const user =
        id === "" ? await store.findUser({ handleKey: nameKey(handle) }) : await users.get(id as UserId);
      if (!user) throw userNotFound();
      return userNow(user, nowMs);
    },

    async batchGetUsers({ nowMs }, userIds) {
      const found = await store.findUsers({ userIds });
      return found.map((user) => userNow(user, nowMs));
    },

    async listUsers({ nowMs }, { afterKey, limit, query }) {
      const listed = await store.listUsers({ afterKey, limit, prefix: nameKey(query) });
      return listed.map(({ user, key }) => ({ user: userNow(user, nowMs), key }));
    },
  };
}
