import { aliases, type CommandName, isCommandName } from "./commands.ts";

/** What someone means by the text that they entered. */
export type Entered =
  | { readonly kind: "nothing" }
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "command"; readonly name: CommandName; readonly argument: string }
  | { readonly kind: "unknown"; readonly word: string };

const COMMAND = /^\/(\S+)[^\S\n]*([\s\S]*)$/;

/** A text that begins with `/` is a command, one that begins with `//` a message that begins with `/`. */
export function parseEntered(text: string): Entered {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "nothing" };
  if (trimmed.startsWith("//")) return { kind: "message", text: trimmed.slice(1) };
  const [, word, argument = ""] = COMMAND.exec(trimmed) ?? [];
  // A path such as /etc/hosts, or a lone slash, is something that people say.
  if (word === undefined || word.includes("/")) return { kind: "message", text: text.trimEnd() };
  const lower = word.toLowerCase();
  const name = isCommandName(lower) ? lower : Object.hasOwn(aliases, lower) ? aliases[lower] : undefined;
  if (!name) return { kind: "unknown", word };
  return { kind: "command", name, argument: argument.trimEnd() };
}

/** The message that a command is about, and the rest: `#12 hello`. */
export function parseMessageArgument(argument: string): { seq: number | null; rest: string } {
  const [whole, digits] = /^#(\d{1,15})(?:\s+|$)/.exec(argument) ?? [];
  if (whole === undefined) return { seq: null, rest: argument };
  return { seq: Number(digits), rest: argument.slice(whole.length) };
}

/** Handles behind `/dm` and `/invite`: with or without `@`, between blanks or commas. */
export function parseHandles(argument: string): readonly string[] {
  return argument
    .split(/[\s,]+/)
    .map((word) => word.replace(/^@/, ""))
    .filter((word) => word !== "");
}

const EMOJI_NAMES: Readonly<Record<string, string>> = {
  "+1": "👍",
  "-1": "👎",
  ":)": "🙂",
  ":(": "🙁",
  ":D": "😀",
  "<3": "❤️",
  eyes: "👀",
  heart: "❤️",
  ok: "👌",
  tada: "🎉",
  thanks: "🙏",
};

/** An emoji as it was typed, or for what is easier to type. */
export function parseEmoji(word: string): string {
  const emoji = word.trim();
  const name = emoji.replace(/^:([a-z]+):$/, "$1");
  return Object.hasOwn(EMOJI_NAMES, name) ? (EMOJI_NAMES[name] ?? emoji) : emoji;
}
