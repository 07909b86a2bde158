import type { DirectMessages } from "@confab/client";
import { type ChatContext, EntryError, type Handler } from "./chat-context.ts";
import { findPeople, namesOf } from "./find-people.ts";

/** The words that may follow `/dms`, with their meaning. */
export const directMessages = {
  everyone: "everyone may write to you directly",
  "shared-rooms": "only people in a room with you may write to you directly",
  nobody: "nobody may write to you directly, unless you have opened the room",
  default: "the server says who may write to you directly",
} as const satisfies Readonly<Record<DirectMessages, string>>;

/** Commands about whom the user wants to hear. */
export const peopleCommands = {
  block: (context, argument) => relate(context, argument, { command: "block", act: "block" }),
  unblock: (context, argument) => relate(context, argument, { command: "unblock", act: "unblock" }),
  ignore: (context, argument) => relate(context, argument, { command: "ignore", act: "mute" }),
  unignore: (context, argument) => relate(context, argument, { command: "unignore", act: "unmute" }),

  dms: async ({ chat }, argument) => {
    const choices: Readonly<Record<string, string>> = directMessages;
    const words = Object.hasOwn(choices, argument) ? choices[argument] : undefined;
    if (words === undefined) throw new EntryError(`say from whom: /dms ${Object.keys(choices).join(", ")}`);
    await chat.allowDirectMessages(argument as DirectMessages);
    return words;
  },
} as const satisfies Readonly<Record<string, Handler>>;

const told = {
  block: "their messages are folded away, and they can't write to you, invite you or react to what you write",
  unblock: "their messages are back",
  mute: "their messages don't count as new",
  unmute: "their messages count again",
} as const;

async function relate(
  context: ChatContext,
  argument: string,
  { command, act }: { readonly command: string; readonly act: keyof typeof told },
): Promise<string> {
  const people = await findPeople(context, argument, `/${command} ada`);
  for (const { id } of people) await context.chat.relationships[act](id);
  return `${namesOf(people)}: ${told[act]}`;
}
