import type { Permission } from "@confab/client";

/** The headings of `/help`, in order. */
export const groups = {
  rooms: "Rooms",
  room: "This room",
  moderation: "Keeping order in this room",
  messages: "Messages",
  people: "People",
  you: "You",
} as const;

/** A command's line in `/help`, and who is offered it. */
export interface CommandHelp {
  readonly group: keyof typeof groups;
  /** The arguments; `[…]` is optional. */
  readonly usage: string;
  readonly does: string;
  /** The permission that it takes in the open room. */
  readonly needs?: Permission;
  /** True if it is about the open room or its messages. */
  readonly isAboutRoom?: true;
  /** True if guests may not use it. */
  readonly needsAccount?: true;
  /** Tab completes these behind it: one of them, or several. */
  readonly completes?: Completable;
}

/** The kinds of words that Tab completes behind a command. */
export type Completable = "rooms" | "public rooms" | "people" | "member" | "banned" | "emoji" | "choice";

const here = { isAboutRoom: true } as const;
const moderation = { group: "moderation", needs: "manage-members", ...here } as const;

/** Every command. `#N` is a message's number; without it, the selected message is meant. */
export const commands = {
  rooms: {
    group: "rooms",
    usage: "[words]",
    does: "list your rooms, and the public ones whose title begins so",
  },
  room: { group: "rooms", usage: "name", does: "go to a room of yours", completes: "rooms" },
  join: {
    group: "rooms",
    usage: "name",
    does: "go to a public room, or accept an invitation",
    completes: "public rooms",
  },
  create: {
    group: "rooms",
    usage: "title [--public]",
    does: "make a room; private, unless --public is said",
    needsAccount: true,
  },
  dm: {
    group: "rooms",
    usage: "who…",
    does: "write to one person directly, or to several",
    needsAccount: true,
    completes: "people",
  },
  leave: {
    group: "rooms",
    usage: "",
    does: "leave this room; a direct one comes back with the next message",
    ...here,
  },

  members: { group: "room", usage: "", does: "list who is in this room", ...here },
  invite: {
    group: "room",
    usage: "who…",
    does: "invite people to this room",
    needs: "invite",
    ...here,
    completes: "people",
  },
  topic: { group: "room", usage: "text", does: "set this room's topic", needs: "manage-room", ...here },
  rename: {
    group: "room",
    usage: "title",
    does: "give this room another title",
    needs: "manage-room",
    ...here,
  },
  "delete-room": {
    group: "room",
    usage: "",
    does: "delete this room and its messages, for everybody; asks first",
    needs: "manage-room",
    ...here,
  },

  kick: {
    ...moderation,
    usage: "who [reason]",
    does: "remove somebody, who is told the reason",
    completes: "member",
  },
  ban: {
    ...moderation,
    usage: "who [reason]",
    does: "remove somebody, and keep them out",
    completes: "member",
  },
  unban: { ...moderation, usage: "who", does: "let them come back", completes: "banned" },
  mute: {
    ...moderation,
    usage: "who [time] [reason]",
    does: "let somebody only read here, for 10m, 2h or 7d; for an hour without a time",
    completes: "member",
  },
  unmute: { ...moderation, usage: "who", does: "let them write again", completes: "member" },
  role: {
    ...moderation,
    usage: "who role",
    does: "make somebody guest, member, moderator or owner of this room",
    completes: "member",
  },

  reply: {
    group: "messages",
    usage: "[#N] [text]",
    does: "answer the selected message, or the last one",
    ...here,
  },
  edit: {
    group: "messages",
    usage: "[#N] [text]",
    does: "change the selected message, or your last one",
    ...here,
  },
  delete: {
    group: "messages",
    usage: "[#N]",
    does: "delete the selected message, or your last one",
    ...here,
  },
  react: {
    group: "messages",
    usage: "[#N] emoji",
    does: "react, for example with 👍, +1 or tada",
    ...here,
    completes: "emoji",
  },
  unreact: {
    group: "messages",
    usage: "[#N] emoji [who]",
    does: "take a reaction back; as a moderator, @name's or all",
    ...here,
    completes: "emoji",
  },
  reactions: { group: "messages", usage: "[#N]", does: "list who has reacted", ...here },
  pin: { group: "messages", usage: "[#N]", does: "pin a message", needs: "pin", ...here },
  unpin: { group: "messages", usage: "[#N]", does: "unpin it", needs: "pin", ...here },
  search: { group: "messages", usage: "words", does: "find messages in your rooms, and go to one" },
  goto: { group: "messages", usage: "#N", does: "go to a message of this room", ...here },
  numbers: { group: "messages", usage: "", does: "show or hide the messages' numbers", ...here },
  retry: { group: "messages", usage: "", does: "send again what could not be sent", ...here },
  discard: { group: "messages", usage: "", does: "drop what could not be sent", ...here },

  block: {
    group: "people",
    usage: "who…",
    does: "fold away what they write, and keep them from you",
    completes: "people",
  },
  unblock: {
    group: "people",
    usage: "who…",
    does: "show it again, and let them reach you",
    completes: "people",
  },
  ignore: { group: "people", usage: "who…", does: "don't count what they write as new", completes: "people" },
  unignore: { group: "people", usage: "who…", does: "count it again", completes: "people" },
  dms: {
    group: "people",
    usage: "who",
    does: "choose who may write to you directly: everyone, shared-rooms, nobody or default",
    completes: "choice",
  },

  name: { group: "you", usage: "text", does: "change the name that others see" },
  away: { group: "you", usage: "", does: "be shown as away until you say it again" },
  signout: { group: "you", usage: "", does: "end your session on this machine" },
  quit: { group: "you", usage: "", does: "leave; the next start goes on as you" },
  help: { group: "you", usage: "", does: "show this" },
} as const satisfies Readonly<Record<string, CommandHelp>>;

export type CommandName = keyof typeof commands;

/** All commands with their help, in order. */
export const commandList = Object.entries(commands) as readonly (readonly [CommandName, CommandHelp])[];

/** Other names that people try. */
const aliases: Readonly<Record<string, CommandName>> = {
  "?": "help",
  h: "help",
  exit: "quit",
  q: "quit",
  logout: "signout",
  part: "leave",
  msg: "dm",
  r: "reply",
  e: "edit",
  nick: "name",
  names: "members",
  who: "members",
  list: "rooms",
  find: "search",
};

function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(commands, word);
}

/** Returns the command that a word names, by its name or another one; undefined if there is none. */
export function commandNamed(word: string): CommandName | undefined {
  const lower = word.toLowerCase();
  if (isCommandName(lower)) return lower;
  return Object.hasOwn(aliases, lower) ? aliases[lower] : undefined;
}
