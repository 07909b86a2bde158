import { ChatError } from "./errors.ts";
import { countCharacters } from "./names.ts";

const MAX_DISPLAY_NAME_CHARACTERS = 64;
const MAX_ABOUT_CHARACTERS = 512;
const MAX_REASON_CHARACTERS = 512;

// Everything but tab and line feed among the control characters, and the marks that reorder text.
const FORBIDDEN_IN_PROFILE = /(?![\t\n])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

/** Checks the name that is shown beside an account's handle: at most 64 characters on one line. */
export function parseDisplayName(value: string, field: string): string {
  if (/[\n\t\p{Zl}\p{Zp}]/u.test(value)) throw forbiddenCharacter(field);
  return parseProfileField(value, field, MAX_DISPLAY_NAME_CHARACTERS);
}

/** Checks what an account says about itself: at most 512 characters. */
export function parseAbout(value: string, field: string): string {
  return parseProfileField(value, field, MAX_ABOUT_CHARACTERS);
}

/** Checks why something was done to an account, for the audit trail: at most 512 characters on one line. */
export function parseReason(value: string, field: string): string {
  if (/[\n\t\p{Zl}\p{Zp}]/u.test(value)) throw forbiddenCharacter(field);
  return parseProfileField(value, field, MAX_REASON_CHARACTERS);
}

/** Checks what a client calls the device of a session: at most 64 characters on one line. */
export function parseDeviceName(value: string, field: string): string {
  return parseDisplayName(value, field);
}

function parseProfileField(value: string, field: string, maxCharacters: number): string {
  const characters = countCharacters(value);
  if (characters > maxCharacters) {
    throw new ChatError(
      "PROFILE_FIELD_TOO_LONG",
      `${field} has ${characters} characters; at most ${maxCharacters} are allowed`,
      { field },
    );
  }
  if (FORBIDDEN_IN_PROFILE.test(value)) throw forbiddenCharacter(field);
  return value;
}

function forbiddenCharacter(field: string): ChatError {
  return new ChatError("PROFILE_FIELD_INVALID", `${field} contains control characters`, { field });
}
