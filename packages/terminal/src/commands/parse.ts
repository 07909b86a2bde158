import { type CommandName, commandNamed } from "./commands.ts";

/** The meaning of an entered text. */
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
  const name = commandNamed(word);
  if (!name) return { kind: "unknown", word };
  return { kind: "command", name, argument: argument.trimEnd() };
}

/** Splits the number from the rest: `#12 hello`. */
export function parseMessageArgument(argument: string): { seq: number | null; rest: string } {
  const [whole, digits] = /^#(\d{1,15})(?:\s+|$)/.exec(argument) ?? [];
  if (whole === undefined) return { seq: null, rest: argument };
  return { seq: Number(digits), rest: argument.slice(whole.length) };
}
