import { type CommandHelp, type Completable, commandNamed, commands } from "./commands.ts";

/** One way to complete a word: the text to insert, and the one to show in the list of choices. */
export interface Choice {
  readonly text: string;
  readonly label: string;
}

/** A person to complete, by handle or display name. */
export interface Person {
  /** Empty for guests. */
  readonly handle: string;
  readonly displayName: string;
}

/** The word before the cursor that Tab completes. */
export interface Wanted {
  readonly kind: Completable | "command" | "mention" | "role";
  /** The text that stays. */
  readonly before: string;
  /** The text to complete; it may contain blanks. */
  readonly start: string;
}

const COMMAND = /^\/([a-z-]*)$/i;
const ARGUMENT = /^(\/(\S+)\s+)([\s\S]*)$/;
/** Names may have blanks, but nobody means a whole sentence by one. */
const MENTION = /^([\s\S]*(?:^|[\s(])@)([^@\n]{0,40})$/u;

/** Finds the word that Tab completes; null where there is none. */
export function wantedAt(text: string): Wanted | null {
  const command = COMMAND.exec(text)?.[1];
  if (command !== undefined) return { kind: "command", before: "/", start: command };
  const [, head = "", word = "", argument = ""] = ARGUMENT.exec(text) ?? [];
  const name = commandNamed(word);
  const help: CommandHelp | undefined = name && commands[name];
  if (help?.completes) return inArgument({ name, kind: help.completes }, head, argument);
  const [, before = "", start] = MENTION.exec(text) ?? [];
  return start === undefined ? null : { kind: "mention", before, start };
}

function inArgument(
  { name, kind }: { readonly name: string | undefined; readonly kind: Completable },
  head: string,
  argument: string,
): Wanted {
  if (kind === "people") {
    const [, listed = "", start = ""] = /^((?:[^,]*,)*\s*@?)([^,]*)$/.exec(argument) ?? [];
    return { kind, before: head + listed, start };
  }
  if (kind === "emoji") {
    const [, number = "", start = ""] = /^(#\d+\s+)?:?(\S*)$/.exec(argument) ?? [];
    return { kind, before: head + number, start };
  }
  const [, person = "", role] = /^(\S+\s+)(\S*)$/.exec(argument) ?? [];
  if (name === "role" && role !== undefined) return { kind: "role", before: head + person, start: role };
  const mark = /^[@#]/.exec(argument)?.[0] ?? "";
  return { kind, before: head + mark, start: argument.slice(mark.length) };
}

/** Keeps the words that begin with a start, in any case. */
export function beginning(words: readonly string[], start: string): readonly string[] {
  const lower = start.toLowerCase();
  return words.filter((word) => word.toLowerCase().startsWith(lower));
}

/** Returns the choices among people whose handle, display name or a word of it begins with a start, in their order. */
export function peopleChoices(people: readonly Person[], start: string): readonly Choice[] {
  const lower = start.toLowerCase();
  const begins = (text: string): boolean => text.toLowerCase().startsWith(lower);
  return people
    .filter(
      ({ handle, displayName }) =>
        (handle !== "" && begins(handle)) || begins(displayName) || displayName.split(/\s+/).some(begins),
    )
    .map(({ handle, displayName }) => ({
      text: handle === "" ? displayName : handle,
      label: handle === "" || handle === displayName ? displayName : `${handle} (${displayName})`,
    }))
    .toSorted((one, other) => one.text.localeCompare(other.text, "en"));
}
