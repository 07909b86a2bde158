import { v1 } from "@confab/protocol";
import { CommandError } from "./command-error.ts";
import type { Operator } from "./operator-client.ts";
import { printable } from "./print.ts";

/** A handle is always shorter than an id. */
const USER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Finds a user by handle or by id. Guests and erased users have only an id. */
export async function findUser(operator: Operator, name: string): Promise<v1.User> {
  const key = USER_ID.test(name)
    ? ({ case: "userId", value: name } as const)
    : ({ case: "handle", value: name } as const);
  try {
    const { user } = await operator.call(v1.UserService.method.getUser, { key });
    return required(user);
  } catch (cause) {
    if (!(cause instanceof CommandError) || cause.reason !== "USER_NOT_FOUND") throw cause;
    throw new CommandError(`there is no user "${name}"`, { reason: cause.reason, cause });
  }
}

/** Returns a user's printable name: the handle, or the id if there is none. */
export function nameOf({ handle, id }: v1.User): string {
  return printable(handle || id);
}

/** Prints `ADMIN` as `admin`. */
export function roleOf({ role }: v1.User): string {
  return v1.SystemRole[role].toLowerCase();
}

export function stateOf({ state }: v1.User): string {
  return v1.UserState[state].toLowerCase();
}

/** Unwraps a field that the service always sets. */
export function required<Message>(message: Message | undefined): Message {
  if (message === undefined) throw new CommandError("the server's answer lacks what was asked for");
  return message;
}
