/** The word before the cursor that can be completed. */
export interface Wanted {
  readonly kind: "mention" | "emoji" | "command";
  /** The text after the mark. */
  readonly start: string;
  /** Position of the mark in the text. */
  readonly from: number;
}

/** A way to complete the word. */
export interface Completion {
  readonly key: string;
  /** The text that takes the place of the mark and the word. */
  readonly text: string;
  readonly label: string;
  readonly hint: string;
  readonly picture?: { readonly userId: string; readonly name: string } | { readonly emoji: string };
}

const COMMAND = /^\/([a-z-]*)$/i;
const MENTION = /(?:^|[\s(])@([\p{L}\p{N}._-]{0,40})$/u;
const EMOJI = /(?:^|[\s(]):([a-z0-9+][a-z0-9_+-]{1,30})$/i;

/** Finds the word before the cursor that can be completed; null if there is none. */
export function wantedAt(text: string, cursor: number): Wanted | null {
  const before = text.slice(0, cursor);
  const found = (kind: Wanted["kind"], pattern: RegExp): Wanted | null => {
    const start = pattern.exec(before)?.[1];
    return start === undefined ? null : { kind, start, from: before.length - start.length - 1 };
  };
  return found("command", COMMAND) ?? found("mention", MENTION) ?? found("emoji", EMOJI);
}

/** Puts a completion into a text. @returns the text, and the cursor after it */
export function completed(
  text: string,
  cursor: number,
  from: number,
  insert: string,
): { text: string; cursor: number } {
  const after = text.slice(cursor);
  const blank = /^\s/.test(after) ? "" : " ";
  const before = text.slice(0, from) + insert + blank;
  return { text: before + after, cursor: before.length };
}
