import { ChatError } from "./errors.ts";

/** The longest text of a message, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 16 * 1024;

const MAX_UTF8_BYTES_PER_UTF16_UNIT = 3;
const utf8 = new TextEncoder();
// Not these: blanks, control characters, combining marks without a letter, what Unicode says is never shown (the Hangul
// fillers and zero-width characters among it), annotation marks, and characters that are shown as empty space: the blank
// Braille pattern, the null notehead, the Egyptian blanks.
const VISIBLE =
  /[^\s\p{Cc}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u2800\u{1d159}\u{13441}\u{13442}]/u;

/** Returns true if a reader sees something of a text. */
export function hasVisibleCharacter(text: string): boolean {
  return VISIBLE.test(text);
}

/** Checks a message's text and returns it unchanged, byte for byte. */
export function parseText(text: string, field: string): string {
  if (!hasVisibleCharacter(text)) {
    throw new ChatError("TEXT_EMPTY", `${field} is empty or blank: a message needs a visible character`, {
      field,
    });
  }
  // Most texts can't reach the limit. They are not encoded just to count bytes.
  const byteLength =
    text.length * MAX_UTF8_BYTES_PER_UTF16_UNIT > MAX_TEXT_BYTES ? utf8.encode(text).length : 0;
  if (byteLength > MAX_TEXT_BYTES) {
    throw new ChatError(
      "TEXT_TOO_LONG",
      `${field} has ${byteLength} bytes of UTF-8; at most ${MAX_TEXT_BYTES} are allowed`,
      { field },
    );
  }
  return text;
}
