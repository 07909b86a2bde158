import { InvalidArgumentError, type Member, NotFoundError, type User } from "@confab/client";
import { type ChatContext, currentRoom, EntryError } from "./chat-context.ts";

/**
 * Finds people by handle or display name. Names stand between commas; between blanks too, where the text as a whole is
 * nobody's name.
 *
 * @throws EntryError when somebody is unknown, or several have the name
 */
export async function findPeople(
  context: ChatContext,
  argument: string,
  example: string,
): Promise<readonly User[]> {
  const parts = argument
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (parts.length === 0) throw new EntryError(`say whom: ${example}`);
  const found = new Map<string, User>();
  for (const part of parts) {
    const whole = await findPerson(context, part);
    const users = whole
      ? [whole]
      : await Promise.all(part.split(/\s+/).map((name) => needPerson(context, name)));
    for (const user of users) found.set(user.id, user);
  }
  return [...found.values()];
}

/** Returns the names to tell the user about people. */
export function namesOf(users: readonly User[]): string {
  return users.map(({ handle, displayName }) => handle || displayName).join(", ");
}

async function needPerson(context: ChatContext, name: string): Promise<User> {
  const user = await findPerson(context, name);
  if (!user) throw new EntryError(`there is no user "${name.replace(/^@/, "")}"`);
  return user;
}

/** A handle goes before a display name, which anybody may choose. */
async function findPerson(context: ChatContext, text: string): Promise<User | undefined> {
  const name = text.replace(/^@/, "");
  return (await accountNamed(context, name)) ?? calledOnly(name, await candidates(context, name));
}

/** Returns the user with a handle; undefined if there is none. */
async function accountNamed({ chat }: ChatContext, handle: string): Promise<User | undefined> {
  if (/\s/.test(handle)) return undefined;
  try {
    return await chat.users.byHandle(handle);
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof InvalidArgumentError) return undefined;
    throw error;
  }
}

async function candidates(context: ChatContext, name: string): Promise<readonly User[]> {
  const { chat, members } = context;
  const room = currentRoom(context);
  const here = room ? (await members.list(room)).map(({ user }) => user) : [];
  const found = chat.me.kind === "guest" ? [] : await chat.users.search(name);
  return [...here, ...found].filter(({ handle }) => handle !== "");
}

/** @throws EntryError when several are called so */
function calledOnly(name: string, users: readonly User[]): User | undefined {
  const called = users.filter(({ displayName }) => displayName.toLowerCase() === name.toLowerCase());
  const [first, ...others] = new Map(called.map((user) => [user.id, user])).values();
  if (first && others.length > 0) {
    const handles = [first, ...others].map(({ handle }) => handle).join(", ");
    throw new EntryError(`${others.length + 1} people are called ${name}: ${handles}`);
  }
  return first;
}

/** A member named at the beginning of a command's argument, and the rest. */
export interface NamedMember {
  readonly name: string;
  readonly userId: string;
  readonly rest: string;
}

/**
 * Reads a member at the beginning of a text: a display name of several words, a handle, or a name of one word. Guests have
 * no handle.
 *
 * @throws EntryError when several members have this name, or nobody has
 */
export async function memberNamed(
  context: ChatContext,
  argument: string,
  members: readonly Member[],
): Promise<NamedMember> {
  const text = argument.replace(/^@/, "");
  const called = beginningOf(text, members);
  const [word = ""] = text.split(/\s+/);
  if (called && called.name.length > word.length) return called;
  const account = await accountNamed(context, word);
  if (account) return { name: word, userId: account.id, rest: text.slice(word.length).trim() };
  if (!called) throw new EntryError(`there is no user "${word}"`);
  return called;
}

function beginningOf(text: string, members: readonly Member[]): NamedMember | undefined {
  const lower = text.toLowerCase();
  const fitting = members.filter(({ user }) => `${lower} `.startsWith(`${user.displayName.toLowerCase()} `));
  const longest = Math.max(...fitting.map(({ user }) => user.displayName.length));
  const [first, ...others] = fitting.filter(({ user }) => user.displayName.length === longest);
  if (!first) return undefined;
  const name = text.slice(0, longest);
  if (others.length > 0) throw new EntryError(`${others.length + 1} people here are called ${name}`);
  return { name, userId: first.userId, rest: text.slice(longest).trim() };
}
