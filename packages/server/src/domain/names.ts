import { ChatError } from "./errors.ts";
import { ERASED_SENDER_NAME } from "./messages.ts";

/** An account's name: `handle` as it is shown, `key` as it is compared. */
export interface Handle {
  readonly handle: string;
  readonly key: string;
}

const MAX_GUEST_NAME_CHARACTERS = 64;
const HANDLE_PATTERN = /^[a-z0-9._-]{2,32}$/;

/** `me` is whoever asks; the operator is in the audit trail without having an account. */
const RESERVED_HANDLES: ReadonlySet<string> = new Set(["me", "operator"]);

// Control characters, line and paragraph separators, and the marks that reorder or hide text (bidi
// controls, soft hyphen, zero-width space, byte order mark). Joiners stay: emoji and Indic names need them.
const FORBIDDEN_IN_NAME =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/u;

/**
 * The form in which names are compared: two names that differ only in case, width or invisible characters
 * have the same key (Unicode NFKC, then lower case).
 */
export function nameKey(name: string): string {
  return name
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .toLowerCase()
    .normalize("NFKC")
    .replace(/\s+/gu, " ")
    .trim();
}

/** Checks an account's name, 2 to 32 of `a-z 0-9 . _ -` in any case. Full-width forms become ASCII. */
export function parseHandle(input: string, field: string): Handle {
  const handle = input.normalize("NFKC");
  const key = handle.toLowerCase();
  if (!HANDLE_PATTERN.test(key)) {
    throw new ChatError(
      "HANDLE_INVALID",
      `${field} must be 2 to 32 of the letters a-z, digits, ".", "_" and "-"`,
      { field },
    );
  }
  if (RESERVED_HANDLES.has(key)) {
    throw new ChatError("HANDLE_INVALID", `"${key}" means something else here: choose another`, { field });
  }
  return { handle, key };
}

/** Checks the name that someone without an account chats under: 1 to 64 characters, none of them control. */
export function parseGuestName(input: string, field: string): string {
  if (nameKey(input) === "") {
    throw new ChatError("NAME_EMPTY", `${field} is empty: say who is speaking, or sign in`, { field });
  }
  if (countCharacters(input) > MAX_GUEST_NAME_CHARACTERS) {
    throw new ChatError(
      "NAME_TOO_LONG",
      `${field} has ${countCharacters(input)} characters; at most ${MAX_GUEST_NAME_CHARACTERS} are allowed`,
      { field },
    );
  }
  if (nameKey(input) === ERASED_SENDER_NAME) {
    throw new ChatError("NAME_INVALID", `${field} is what erased accounts are shown as: choose another`, {
      field,
    });
  }
  if (FORBIDDEN_IN_NAME.test(input)) {
    throw new ChatError("NAME_INVALID", `${field} contains control or invisible characters`, { field });
  }
  return input;
}

/** Unicode code points, which is what a limit "in characters" means in the contract. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
