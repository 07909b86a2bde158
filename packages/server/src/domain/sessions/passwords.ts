import { requireAllowed } from "../access/decisions.ts";
import { refuseInactive } from "../access/system-access.ts";
import { ChatError } from "../errors.ts";
import { type Account, accountStateNow } from "../users/system-roles.ts";

const MIN_PASSWORD_CHARACTERS = 8;
export const MAX_PASSWORD_BYTES = 1024;

/**
 * Returns the form in which a password is counted and hashed: Unicode's NFKC (NIST SP 800-63B, 3.1.1.2). The same
 * password gives different code points on different keyboards, "é" as one or as two.
 */
export function normalizePassword(password: string): string {
  return password.normalize("NFKC");
}

/** Checks a new, normalized password: at least 8 characters, at most 1,024 bytes. Nothing is cut off. */
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

/** The refusal of a sign-in with a password: the same for a wrong one and an unknown handle, whatever the account's state. */
export function credentialsWrong(): ChatError {
  return new ChatError("CREDENTIALS_WRONG", "the name or the password is wrong");
}

/** The refusal of a sign-in to an account that is erased meanwhile. */
export function accountGone(): ChatError {
  return new ChatError("CREDENTIALS_WRONG", "this account no longer exists");
}

/**
 * Lets in whoever has proved to own the account. Call it after the proof only: nobody else may learn of a suspension.
 *
 * @throws ChatError SUSPENDED, with its end; CREDENTIALS_WRONG for an erased account
 */
export function requireActive(account: Account, nowMs: number): void {
  if (accountStateNow(account, nowMs).kind === "erased") throw accountGone();
  const inactive = refuseInactive(account, nowMs);
  if (inactive) requireAllowed(inactive);
}

/** Returns false for a normalized text that is too long to be anyone's password, so that it is never hashed. */
export function fitsPasswordBound(password: string): boolean {
  return new TextEncoder().encode(password).length <= MAX_PASSWORD_BYTES;
}
