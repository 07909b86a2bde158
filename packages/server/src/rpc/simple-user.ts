import { simple } from "@confab/protocol";
import type { Accounts } from "../app/accounts.ts";
import { requireAccount } from "../app/require.ts";
import type { Sessions } from "../app/sessions.ts";
import type { SignIn } from "../app/sign-in.ts";
import { ChatError } from "../domain/errors.ts";
import type { UserId } from "../domain/ids.ts";
import type { User } from "../domain/users.ts";
import { simpleUserAccess } from "./access.ts";
import { type Binding, binding } from "./bind.ts";
import { encode } from "./codec.ts";

const LIST_PAGE_SIZE = 200;

export interface SimpleUserParts {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
}

/** The simple contract's UserService. */
export function simpleUser({ accounts, sessions, signIn }: SimpleUserParts): Binding {
  return binding(simple.UserService, simpleUserAccess, {
    async createUser({ name, password, displayName }, context) {
      return toSimple(
        await accounts.register({ handle: name, password, displayName, handleField: "name" }, context),
      );
    },

    async login({ name, password }, context) {
      const user = await signIn.withPassword({ handle: name, password }, context);
      return { user: toSimple(user), token: await sessions.openSimple(user, context) };
    },

    getUser: async ({ id, name }) => toSimple(await find({ id, name })),

    async getUsers(_request, context) {
      for (let afterKey = ""; ; ) {
        const page = await accounts.list({ afterKey, limit: LIST_PAGE_SIZE, query: "" });
        for (const { user } of page) await context.send(encode(simple.UserSchema, toSimple(user)));
        const last = page.at(-1);
        if (!last || page.length < LIST_PAGE_SIZE) return;
        afterKey = last.key;
      }
    },

    async updateUser({ id, name, displayName, about }, context) {
      const userId = id === "" ? requireAccount(context.caller).account.id : (id as UserId);
      const change = { ...(name !== "" && { handle: name }), displayName, about, handleField: "name" };
      return toSimple(await accounts.update(userId, change, context));
    },

    async deleteUser(request, context) {
      const { id } = await find(request);
      await accounts.erase(id, { eraseMessages: false, validateOnly: false }, context);
      return {};
    },
  });

  /** In this contract who was erased does not exist. */
  async function find({ id, name }: { id: string; name: string }): Promise<User> {
    const user = await accounts.get({ id, handle: name });
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
