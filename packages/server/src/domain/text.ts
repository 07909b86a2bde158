import { ChatError } from "./errors.ts";

/** The most a message's text may take, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 16 * 1024;

const MAX_UTF8_BYTES_PER_UTF16_UNIT = 3;
const utf8 = new TextEncoder();
const BLANK = /^[\s\p{Default_Ignorable_Code_Point}]*$/u;

/** Checks a message's text and returns it unchanged: what is stored is what was sent, byte for byte. */
export function parseText(text: string, field: string): string {
  if (BLANK.test(text)) {
    throw new ChatError("TEXT_EMPTY", `${field} is empty or blank: a message needs text`, { field });
  }
  // A text that can't reach the limit (most can't) is not encoded to be counted.
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
