import { ChatError } from "../errors.ts";
import { hasVisibleCharacter } from "../text.ts";
import { imitatesErased } from "./erased-name.ts";
import type { HeldHandles } from "./held-handles.ts";

/** An account's name: `handle` for display, `key` for comparison. */
export interface Handle {
  readonly handle: string;
  readonly key: string;
}

const MAX_GUEST_NAME_CHARACTERS = 64;
const HANDLE_PATTERN = /^[a-z0-9._-]{2,32}$/;

// Control characters, line and paragraph separators, and the marks that reorder or hide text (bidi controls, soft
// hyphen, zero-width space, byte order mark). Joiners stay: emoji and Indic names need them.
const FORBIDDEN_IN_NAME =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/u;

/**
 * The key for comparing names. Names that differ only in case, width or invisible characters have the same key (Unicode
 * NFKC, then lower case).
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

/** Returns true for 2 to 32 of `a-z 0-9 . _ -`. */
export function isHandle(key: string): boolean {
  return HANDLE_PATTERN.test(key);
}

/** Checks an account's name, 2 to 32 of `a-z 0-9 . _ -` in any case, and not held. Full-width forms become ASCII. */
export function parseHandle(input: string, field: string, held: HeldHandles): Handle {
  const handle = input.normalize("NFKC");
  const key = handle.toLowerCase();
  if (!isHandle(key)) {
    throw new ChatError(
      "HANDLE_INVALID",
      `${field} must be 2 to 32 of the letters a-z, digits, ".", "_" and "-"`,
      { field },
    );
  }
  if (held.has(key)) {
    throw new ChatError("HANDLE_INVALID", `"${key}" is held, nobody can have it: choose another`, { field });
  }
  return { handle, key };
}

export function handleTaken(handle: string, field: string): ChatError {
  return new ChatError("HANDLE_TAKEN", `the name "${handle}" is taken: choose another`, { field });
}

export function nameHeld(name: string, field: string): ChatError {
  return new ChatError("NAME_HELD", `the name "${name}" belongs to an account: choose another`, { field });
}

/** Checks a guest's name: 1 to 64 characters, no control characters. */
export function parseGuestName(input: string, field: string): string {
  if (!hasVisibleCharacter(input)) {
    throw new ChatError("NAME_EMPTY", `${field} is empty: say who is speaking, or sign in`, { field });
  }
  if (countCharacters(input) > MAX_GUEST_NAME_CHARACTERS) {
    throw new ChatError(
      "NAME_TOO_LONG",
      `${field} has ${countCharacters(input)} characters; at most ${MAX_GUEST_NAME_CHARACTERS} are allowed`,
      { field },
    );
  }
  if (imitatesErased(input)) {
    throw new ChatError("NAME_INVALID", `${field} looks like the name of erased accounts: choose another`, {
      field,
    });
  }
  if (FORBIDDEN_IN_NAME.test(input)) {
    throw new ChatError("NAME_INVALID", `${field} contains control or invisible characters`, { field });
  }
  return input;
}

/** Counts Unicode code points, as the contract's limits "in characters" do. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
