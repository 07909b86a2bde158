import { isLikelyAllowed, type Permission, type RightsQuery } from "@confab/client/core";

/** A command of the composer, as its completion shows it. */
interface CommandHelp {
  /** The arguments; `[…]` is optional. */
  readonly usage: string;
  readonly does: string;
  /** The permission that it takes in the open room. */
  readonly needs?: Permission;
  /** True if guests may not use it. */
  readonly needsAccount?: true;
}

/** Every command; the terminal client has the same words. */
const commands = {
  room: { usage: "name", does: "go to a room of yours" },
  join: { usage: "name", does: "go to a public room, or accept an invitation" },
  create: {
    usage: "title [--public]",
    does: "make a room; private, unless --public is said",
    needsAccount: true,
  },
  dm: { usage: "who…", does: "write to one person directly, or to several", needsAccount: true },
  leave: { usage: "", does: "leave this room; a direct one comes back with the next message" },
  invite: { usage: "who…", does: "invite people to this room", needs: "invite" },
  topic: { usage: "text", does: "set this room's topic", needs: "manage-room" },
  rename: { usage: "title", does: "give this room another title", needs: "manage-room" },
  kick: { usage: "who [reason]", does: "remove somebody, who is told the reason", needs: "manage-members" },
  ban: { usage: "who [reason]", does: "remove somebody, and keep them out", needs: "manage-members" },
  unban: { usage: "who", does: "let them come back", needs: "manage-members" },
  mute: {
    usage: "who [time] [reason]",
    does: "let somebody only read, for 10m, 2h or 7d",
    needs: "manage-members",
  },
  unmute: { usage: "who", does: "let them write again", needs: "manage-members" },
  goto: { usage: "#N", does: "go to a message of this room" },
  retry: { usage: "", does: "send again what could not be sent" },
  discard: { usage: "", does: "drop what could not be sent" },
  block: { usage: "who…", does: "fold away what they write, and keep them from you" },
  unblock: { usage: "who…", does: "show it again, and let them reach you" },
  ignore: { usage: "who…", does: "don't count what they write as new" },
  unignore: { usage: "who…", does: "count it again" },
  name: { usage: "text", does: "change the name that others see" },
  away: { usage: "", does: "be shown as away until your next key" },
  signout: { usage: "", does: "end your session in this browser" },
} as const satisfies Readonly<Record<string, CommandHelp>>;

export type CommandName = keyof typeof commands;

/** Returns the commands that are worth offering in a room, in order. */
export function commandsFor(query: RightsQuery): readonly (CommandHelp & { readonly name: CommandName })[] {
  const list = Object.entries(commands) as readonly (readonly [CommandName, CommandHelp])[];
  return list
    .filter(([, { needs, needsAccount }]) => {
      if (needsAccount && query.me.kind === "guest") return false;
      return needs === undefined || isLikelyAllowed(needs, query);
    })
    .map(([name, help]) => ({ name, ...help }));
}

/** The meaning of a text that was entered. */
export type Entered =
  | { readonly kind: "nothing" }
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "command"; readonly name: CommandName; readonly argument: string }
  | { readonly kind: "unknown"; readonly word: string };

const COMMAND = /^\/(\S+)[^\S\n]*([\s\S]*)$/;

/** Text that starts with `/` is a command. Text that starts with `//` is a message that starts with `/`. */
export function parseEntered(text: string): Entered {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "nothing" };
  if (trimmed.startsWith("//")) return { kind: "message", text: trimmed.slice(1) };
  const [, word, argument = ""] = COMMAND.exec(trimmed) ?? [];
  // A path such as /etc/hosts, or a single slash, is a message.
  if (word === undefined || word.includes("/")) return { kind: "message", text: text.trimEnd() };
  const lower = word.toLowerCase();
  return isCommandName(lower)
    ? { kind: "command", name: lower, argument: argument.trim() }
    : { kind: "unknown", word };
}

function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(commands, word);
}
