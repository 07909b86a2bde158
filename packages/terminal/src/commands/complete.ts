import { commands } from "./commands.ts";

/** Tab: completes the word before the cursor with a command's or a member's name; null if none fits. */
export function complete(before: string, names: readonly string[]): string | null {
  const command = /^\/([a-z]+)$/i.exec(before)?.[1];
  if (command !== undefined) {
    const found = extend(command, Object.keys(commands));
    return found && `/${found.text}${found.isWhole ? " " : ""}`;
  }
  const word = /(?:^|\s)@(\S*)$/u.exec(before)?.[1];
  if (word === undefined) return null;
  const found = extend(word, names);
  return found && `${before.slice(0, before.length - word.length)}${found.text}${found.isWhole ? " " : ""}`;
}

/** Extends the start as far as all matching candidates agree. */
function extend(start: string, candidates: readonly string[]): { text: string; isWhole: boolean } | null {
  const lower = start.toLowerCase();
  const fitting = candidates.filter((candidate) => candidate.toLowerCase().startsWith(lower));
  const [first] = fitting;
  if (first === undefined) return null;
  let length = first.length;
  while (
    !fitting.every((candidate) => candidate.toLowerCase().startsWith(first.slice(0, length).toLowerCase()))
  ) {
    length--;
  }
  return { text: first.slice(0, length), isWhole: fitting.length === 1 };
}
