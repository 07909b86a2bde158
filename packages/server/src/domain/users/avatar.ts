import { ChatError } from "../errors.ts";

export const MAX_AVATAR_URL_CHARACTERS = 2048;

// URL parsers tolerate missing slashes, backslashes, spaces and control characters, each in its own way. All of them
// agree on a printable address that starts like this.
const PLAIN_HTTPS = /^https:\/\/[^/?#\\\s\p{C}][^\\\s\p{C}]*$/iu;

/**
 * Checks the address of an account's picture: empty for none; otherwise https, without a name or password in it, at
 * most 2,048 characters.
 *
 * @returns the address as a browser would write it: ASCII only, so that no two look alike
 * @throws ChatError PROFILE_FIELD_TOO_LONG, PROFILE_FIELD_INVALID
 */
export function parseAvatarUrl(value: string, field: string): string {
  if (value === "") return value;
  checkLength(value, field);
  const url = PLAIN_HTTPS.test(value) ? URL.parse(value) : null;
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "") {
    throw new ChatError(
      "PROFILE_FIELD_INVALID",
      `${field} must be an address that starts with https:// and has no user name in it`,
      { field },
    );
  }
  checkLength(url.href, field);
  return url.href;
}

function checkLength(value: string, field: string): void {
  if (value.length <= MAX_AVATAR_URL_CHARACTERS) return;
  throw new ChatError(
    "PROFILE_FIELD_TOO_LONG",
    `${field} has ${value.length} characters; at most ${MAX_AVATAR_URL_CHARACTERS} are allowed`,
    { field },
  );
}
