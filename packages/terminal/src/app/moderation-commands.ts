import { type Member, NotFoundError, type Room } from "@confab/client";
import { type ChatContext, EntryError, type Handler, needRoom } from "./chat-context.ts";

/** Commands by which owners and moderators keep order in a room. */
export const moderationCommands = {
  kick: async (context, argument) => {
    const { room, name, reason, userId } = await named(context, argument, { example: "/kick ada off topic" });
    await room.remove(userId, { reason });
    return `${name} is removed from ${room.info.get().title}`;
  },

  ban: async (context, argument) => {
    const { room, name, reason, userId } = await named(context, argument, { example: "/ban ada spam" });
    await room.updateMember(userId, { state: "banned", reason });
    return `${name} is banned from ${room.info.get().title}: /unban ${name} lifts that`;
  },

  unban: async (context, argument) => {
    const { room, name, userId } = await named(context, argument, { example: "/unban ada", state: "banned" });
    await room.updateMember(userId, { state: "left" });
    return `${name} may come back to ${room.info.get().title}`;
  },
} as const satisfies Readonly<Record<string, Handler>>;

interface Named {
  readonly room: Room;
  readonly name: string;
  readonly userId: string;
  readonly reason: string;
}

/** Reads a person and a reason. Guests have no handle, so those of the room are found by a name of one word. */
async function named(
  context: ChatContext,
  argument: string,
  { example, state = "joined" }: { readonly example: string; readonly state?: "joined" | "banned" },
): Promise<Named> {
  const room = needRoom(context);
  const [, name = "", reason = ""] = /^@?(\S+)\s*([\s\S]*)$/.exec(argument) ?? [];
  if (name === "") throw new EntryError(`say whom: ${example}`);
  const userId =
    (await accountNamed(context, name)) ?? guestAmong(await room.members({ state }), name.toLowerCase());
  if (userId === undefined) throw new EntryError(`there is no user "${name}"`);
  return { room, name, userId, reason };
}

async function accountNamed({ chat }: ChatContext, handle: string): Promise<string | undefined> {
  try {
    return (await chat.users.byHandle(handle)).id;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** @throws EntryError when several guests have this name */
function guestAmong(members: readonly Member[], name: string): string | undefined {
  const guests = members.filter(
    ({ user }) => user.kind === "guest" && user.displayName.toLowerCase() === name,
  );
  if (guests.length > 1) throw new EntryError(`${guests.length} guests here are called ${name}`);
  return guests[0]?.userId;
}
