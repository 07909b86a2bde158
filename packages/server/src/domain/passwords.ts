import { ChatError } from "./errors.ts";

const MIN_PASSWORD_CHARACTERS = 8;
export const MAX_PASSWORD_BYTES = 1024;

/** Checks a new password: at least 8 characters, at most 1,024 bytes. The whole of it counts. */
export function parseNewPassword(password: string, field: string): string {
  if ([...password].length < MIN_PASSWORD_CHARACTERS) {
    throw new ChatError(
      "PASSWORD_TOO_SHORT",
      `${field} must have at least ${MIN_PASSWORD_CHARACTERS} characters`,
      { field },
    );
  }
  if (!fitsPasswordBound(password)) {
    throw new ChatError("PASSWORD_TOO_LONG", `${field} must have at most ${MAX_PASSWORD_BYTES} bytes`, {
      field,
    });
  }
  return password;
}

/** Whether a password is short enough to be hashed at all: what is longer can't be anyone's. */
export function fitsPasswordBound(password: string): boolean {
  return new TextEncoder().encode(password).length <= MAX_PASSWORD_BYTES;
}
