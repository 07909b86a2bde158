import type { Origin } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import { nameKey } from "../domain/names.ts";
import { accountStateNow } from "../domain/system-roles.ts";
import type { User } from "../domain/users.ts";
import type { Credential } from "../store/port/accounts.ts";
import type { Store } from "../store/port/store.ts";
import { auditEntry } from "./audit.ts";
import type { Clock } from "./clock.ts";
import { type Limits, rateLimited } from "./limits.ts";
import type { Passwords } from "./passwords.ts";

/** What is longer is nobody's handle, and is not to fill the memory of the limits. */
const MAX_KEY_CHARACTERS = 64;

/** A limit, and what an attempt is counted for. */
type Attempt = readonly ["signInPerAddress" | "signInPerAccount" | "signInPerAccountHourly", string];

/** Proving who one is with a handle and a password. */
export interface SignIn {
  /**
   * @throws ChatError CREDENTIALS_WRONG, alike for a wrong password, an unknown handle and a suspended
   * account; RATE_LIMITED
   */
  withPassword(credentials: { handle: string; password: string }, origin: Origin): Promise<User>;
}

export interface SignInOptions {
  readonly store: Store;
  readonly passwords: Passwords;
  readonly limits: Limits;
  readonly clock: Clock;
}

/**
 * Guessing is slowed down in three ways: per address; per account and address; and per account from anywhere,
 * which would lock out its owner. So that last limit is not for whoever has signed in to the account from the
 * same address before.
 */
export function createSignIn({ store, passwords, limits, clock }: SignInOptions): SignIn {
  async function refuseAbove(attempts: readonly Attempt[]): Promise<void> {
    for (const [name, counter] of attempts) {
      const waitMs = await limits.exceededForMs(name, counter);
      if (waitMs > 0) throw rateLimited(name, waitMs);
    }
  }

  /** Counts an attempt, and gives what takes it back: one that succeeds does not count. */
  async function takeAttempt(handleKey: string, address: string): Promise<() => Promise<void>> {
    const pair = `${address} ${handleKey}`;
    const fromHere = [
      ["signInPerAddress", address],
      ["signInPerAccount", pair],
      ["signInPerAccountHourly", pair],
    ] as const;
    const fromAnywhere = [
      ["signInPerAccount", handleKey],
      ["signInPerAccountHourly", handleKey],
    ] as const;
    await refuseAbove(fromHere);
    let counted: readonly Attempt[] = [...fromHere, ...fromAnywhere];
    try {
      await refuseAbove(fromAnywhere);
    } catch (error) {
      if (!(await store.hasSignedIn({ handleKey, address }))) throw error;
      counted = fromHere;
    }
    for (const [name, counter] of counted) await limits.take(name, counter);
    return async () => {
      for (const [name, counter] of counted) await limits.giveBack(name, counter);
    };
  }

  /** Brings a hash up to today's cost. If the server has no time for it now, it waits for the next sign-in. */
  async function renewHash({ user, passwordHash }: Credential, password: string): Promise<void> {
    try {
      await store.rehashPassword({
        userId: user.id,
        oldHash: passwordHash,
        newHash: await passwords.hash(password),
        nowMs: clock(),
      });
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
    }
  }

  return {
    async withPassword({ handle, password }, origin) {
      const handleKey = nameKey(handle).slice(0, MAX_KEY_CHARACTERS);
      const takeBack = await takeAttempt(handleKey, origin.address);
      const credential = await store.findCredential({ handleKey });
      const isRight = await passwords.verify(password, credential?.passwordHash ?? null);
      const isActive = credential && accountStateNow(credential.user, clock()).kind === "active";
      if (!credential || !isRight || !isActive) {
        await store.appendAudit(
          auditEntry(origin, clock, { action: "sign-in-failed", targetId: credential?.user.id ?? null }),
        );
        throw new ChatError("CREDENTIALS_WRONG", "the name or the password is wrong");
      }
      await takeBack();
      if (passwords.isOutdated(credential.passwordHash)) await renewHash(credential, password);
      return credential.user;
    },
  };
}
