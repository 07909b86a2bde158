/** A command's line in `/help`. */
export interface CommandHelp {
  /** The arguments; `[…]` is optional. */
  readonly usage: string;
  readonly does: string;
}

/** Every command. `#N` is a message's number; without it, the selected message is meant. */
export const commands = {
  help: { usage: "", does: "show this" },
  rooms: { usage: "[words]", does: "list your rooms, and the public ones whose title begins so" },
  room: { usage: "name", does: "go to a room of yours" },
  join: { usage: "name", does: "go to a public room, or accept an invitation" },
  create: { usage: "title [--public]", does: "make a room; private, unless --public is said" },
  dm: { usage: "handle…", does: "write to one or several people directly" },
  invite: { usage: "handle…", does: "invite people to this room" },
  members: { usage: "", does: "list who is in this room" },
  topic: { usage: "text", does: "set this room's topic" },
  leave: { usage: "", does: "leave this room; a direct one comes back with the next message" },
  block: { usage: "handle…", does: "fold away what they write, and keep them from you" },
  unblock: { usage: "handle…", does: "show it again, and let them reach you" },
  mute: { usage: "handle…", does: "don't count what they write as new" },
  unmute: { usage: "handle…", does: "count it again" },
  dms: {
    usage: "who",
    does: "choose who may write to you directly: everyone, shared-rooms, nobody or default",
  },
  kick: { usage: "who [reason]", does: "as a moderator: remove somebody, who is told the reason" },
  ban: { usage: "who [reason]", does: "as a moderator: remove somebody, and keep them out" },
  unban: { usage: "who", does: "let them come back" },
  reply: { usage: "[#N] [text]", does: "answer the selected message, or the last one" },
  edit: { usage: "[#N] [text]", does: "change the selected message, or your last one" },
  delete: { usage: "[#N]", does: "delete the selected message, or your last one" },
  react: { usage: "[#N] emoji", does: "react, for example 👍 or +1" },
  unreact: { usage: "[#N] emoji [who]", does: "take a reaction back; as a moderator, @name's or all" },
  reactions: { usage: "[#N]", does: "list who has reacted" },
  pin: { usage: "[#N]", does: "pin a message" },
  unpin: { usage: "[#N]", does: "unpin it" },
  search: { usage: "words", does: "find messages in your rooms, and go to one" },
  goto: { usage: "#N", does: "go to a message of this room" },
  retry: { usage: "", does: "send again what could not be sent" },
  discard: { usage: "", does: "drop what could not be sent" },
  numbers: { usage: "", does: "show or hide the messages' numbers" },
  signout: { usage: "", does: "end your session on this machine" },
  quit: { usage: "", does: "leave; the next start goes on as you" },
} as const satisfies Readonly<Record<string, CommandHelp>>;

export type CommandName = keyof typeof commands;

/** Other names that people try. */
export const aliases: Readonly<Record<string, CommandName>> = {
  "?": "help",
  h: "help",
  exit: "quit",
  q: "quit",
  logout: "signout",
  part: "leave",
  msg: "dm",
  r: "reply",
  e: "edit",
  names: "members",
  who: "members",
  list: "rooms",
  find: "search",
};

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(commands, word);
}
