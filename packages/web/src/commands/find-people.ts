import { type Chat, InvalidArgumentError, type Member, NotFoundError, type User } from "@confab/client/core";

/** Finds accounts by handle or display name; several stand between commas or blanks. @throws Error if one is unknown */
export async function findPeople(chat: Chat, argument: string): Promise<readonly User[]> {
  if (argument === "") throw new Error("say whom: a handle, or several");
  const parts = argument
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const found = await Promise.all(
    parts.map(async (part) => {
      const whole = await findPerson(chat, part);
      if (whole) return [whole];
      return Promise.all(part.split(/\s+/).map((name) => needPerson(chat, name)));
    }),
  );
  return found.flat();
}

/** A member at the beginning of an argument, and the rest of it. */
export interface NamedMember {
  readonly member: Member;
  readonly rest: string;
}

/** Finds the member whose handle or name an argument begins with. @throws Error if there is none, or several */
export function memberIn(argument: string, members: readonly Member[]): NamedMember {
  if (argument === "") throw new Error("say whom: a handle or a name");
  const text = argument.replace(/^@/, "");
  const lower = `${text.toLowerCase()} `;
  const begins = (name: string): boolean => name !== "" && lower.startsWith(`${name.toLowerCase()} `);
  const byHandle = members.filter(({ user }) => begins(user.handle));
  const byName = members.filter(({ user }) => begins(user.displayName));
  const [member, ...others] = byHandle.length > 0 ? byHandle : byName;
  if (!member) throw new Error(`nobody of that name is in this room`);
  if (others.length > 0)
    throw new Error(`several people here are called ${member.user.displayName}: use a handle`);
  const { handle, displayName } = member.user;
  return { member, rest: text.slice((byHandle.length > 0 ? handle : displayName).length).trim() };
}

async function needPerson(chat: Chat, name: string): Promise<User> {
  const user = await findPerson(chat, name);
  if (!user) throw new Error(`there is no user “${name}”`);
  return user;
}

async function findPerson(chat: Chat, text: string): Promise<User | undefined> {
  const name = text.replace(/^@/, "");
  try {
    if (!/\s/.test(name)) return await chat.users.byHandle(name);
  } catch (error) {
    if (!(error instanceof NotFoundError || error instanceof InvalidArgumentError)) throw error;
  }
  if (chat.me.kind === "guest") return undefined;
  const called = (await chat.users.search(name)).filter(
    ({ displayName }) => displayName.toLowerCase() === name.toLowerCase(),
  );
  if (called.length > 1) throw new Error(`several people are called ${name}: use a handle`);
  return called[0];
}
