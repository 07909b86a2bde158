import { simple } from "@confab/protocol";
import type { Auth } from "../../app/sessions/auth.ts";
import type { Users } from "../../app/users/users.ts";
import type { Ask } from "../../domain/access/ask.ts";
import { ChatError } from "../../domain/errors.ts";
import type { UserId } from "../../domain/ids.ts";
import type { User } from "../../domain/users/user.ts";
import { simpleUserAccess } from "../access.ts";
import { type Binding, binding } from "../binding.ts";
import { encode } from "../codec.ts";

const LIST_PAGE_SIZE = 200;
/** The list of all users counts as 20 calls, however long it is; the gate has counted the first. */
const LIST_CALLS = 19;

/** The simple contract's UserService. */
export function simpleUser({ auth, users }: { readonly auth: Auth; readonly users: Users }): Binding {
  return binding(simple.UserService, simpleUserAccess, {
    async createUser(ask, { name, password, displayName }) {
      const account = { handle: name, password, displayName, handleField: "name" };
      return toSimple(await users.createUser(ask, account));
    },

    async login(ask, { name, password }) {
      const { user, token } = await auth.login(ask, { handle: name, password });
      return { user: toSimple(user), token };
    },

    getUser: async (ask, key) => toSimple(await find(ask, key)),

    async getUsers(stream) {
      const ask = await stream.ask(LIST_CALLS);
      for (let afterKey = ""; ; ) {
        const page = await users.listUsers(ask, { afterKey, limit: LIST_PAGE_SIZE, query: "" });
        for (const { user } of page) await stream.send(encode(simple.UserSchema, toSimple(user)));
        const last = page.at(-1);
        if (!last || page.length < LIST_PAGE_SIZE) return;
        afterKey = last.key;
      }
    },

    async updateUser(ask, { id, name, displayName, about }) {
      const userId = id === "" ? ask.caller.account.id : (id as UserId);
      const handle = name === "" ? {} : { handle: name };
      const change = { userId, ...handle, displayName, about, handleField: "name" };
      return toSimple(await users.updateUser(ask, change));
    },

    async deleteUser(ask, request) {
      const { id: userId } = await find(ask, request);
      await users.deleteUser(ask, { userId, eraseMessages: false, validateOnly: false });
      return {};
    },
  });

  /** An erased user does not exist in this contract. */
  async function find(ask: Ask, { id, name }: { id: string; name: string }): Promise<User> {
    const user = await users.getUser(ask, { id, handle: name });
    if (user.state.kind === "erased") throw new ChatError("USER_NOT_FOUND", "there is no such user");
    return user;
  }
}

function toSimple(user: User) {
  return {
    id: user.id,
    name: user.handle,
    createdTime: new Date(user.createdAtMs).toISOString(),
    displayName: user.displayName,
    about: user.about,
  };
}
