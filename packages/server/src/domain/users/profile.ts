import { ChatError } from "../errors.ts";
import { hasVisibleCharacter } from "../text.ts";
import { imitatesErased } from "./erased-name.ts";
import { countCharacters } from "./names.ts";

const MAX_DISPLAY_NAME_CHARACTERS = 64;
const MAX_DEVICE_NAME_CHARACTERS = 64;
const MAX_ABOUT_CHARACTERS = 512;
const MAX_REASON_CHARACTERS = 512;

// Control characters except tab and line feed, and the marks that reorder text.
const FORBIDDEN_IN_PROFILE = /(?![\t\n])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

/** Checks a display name: at most 64 characters on one line; empty, or with a visible character. */
export function parseDisplayName(value: string, field: string): string {
  parseLine(value, field, MAX_DISPLAY_NAME_CHARACTERS);
  if (value !== "" && !hasVisibleCharacter(value)) {
    throw invalid(`${field} has no visible character: give a name, or nothing`, field);
  }
  if (imitatesErased(value)) {
    throw invalid(`${field} looks like the name of erased accounts: choose another`, field);
  }
  return value;
}

/** Checks an account's description of itself: at most 512 characters. */
export function parseAbout(value: string, field: string): string {
  return parseProfileField(value, field, MAX_ABOUT_CHARACTERS);
}

/** Checks the reason for an action on an account, for the audit trail: at most 512 characters on one line. */
export function parseReason(value: string, field: string): string {
  return parseLine(value, field, MAX_REASON_CHARACTERS);
}

/** Checks the client's name for a session's device: at most 64 characters on one line. */
export function parseDeviceName(value: string, field: string): string {
  return parseLine(value, field, MAX_DEVICE_NAME_CHARACTERS);
}

function parseLine(value: string, field: string, maxCharacters: number): string {
  if (/[\n\t\p{Zl}\p{Zp}]/u.test(value)) throw forbiddenCharacter(field);
  return parseProfileField(value, field, maxCharacters);
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
  return invalid(`${field} contains control characters`, field);
}

function invalid(message: string, field: string): ChatError {
  return new ChatError("PROFILE_FIELD_INVALID", message, { field });
}
