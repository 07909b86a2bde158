import { ChatError } from "../../domain/errors.ts";
import { normalizePassword, parseNewPassword } from "../../domain/sessions/passwords.ts";
import { type CommonPasswords, isWeakPassword } from "../../domain/sessions/weak-passwords.ts";
import type { Passwords } from "./passwords.ts";

/** Passwords that are about to become someone's. */
export interface NewPasswords {
  /** @throws ChatError PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_COMMON */
  check(password: string, handle: string, field: string): void;
  /** Hashes for a caller at this address. @throws ChatError SIGN_IN_BUSY */
  hash(password: string, address: string): Promise<string>;
}

export function createNewPasswords(passwords: Passwords, common: CommonPasswords): NewPasswords {
  return {
    check(given, handle, field) {
      const password = parseNewPassword(normalizePassword(given), field);
      if (isWeakPassword(password, { handle, common })) {
        throw new ChatError(
          "PASSWORD_COMMON",
          `${field} is among the first that anyone would try: choose another, a few words for example`,
          { field },
        );
      }
    },
    hash: (password, address) => passwords.hash(password, address),
  };
}
