import type { Ask } from "../../domain/access/ask.ts";
import { networkOf } from "../../domain/addresses.ts";
import { auditEntry } from "../../domain/admin/audit.ts";
import { ChatError } from "../../domain/errors.ts";
import { credentialsWrong, requireActive } from "../../domain/sessions/passwords.ts";
import { nameKey } from "../../domain/users/names.ts";
import { accountStateNow } from "../../domain/users/system-roles.ts";
import type { Store } from "../../store/port/store.ts";
import type { Credential } from "../../store/port/users.ts";
import { type Limits, rateLimited } from "../limits.ts";
import type { Passwords } from "./passwords.ts";

/** No handle is longer. The bound keeps the limits' memory small. */
const MAX_KEY_CHARACTERS = 64;

/** A limit, and what an attempt is counted for. */
type Attempt = readonly ["signInPerAddress" | "signInPerAccount" | "signInPerAccountHourly", string];

export interface PasswordCredential {
  readonly handle: string;
  readonly password: string;
}

/** Proves with a handle and a password who someone is. */
export interface SignIn {
  /**
   * @throws ChatError CREDENTIALS_WRONG, alike for a wrong password and an unknown handle; SUSPENDED for the right
   * password of a suspended account; RATE_LIMITED
   */
  withPassword(ask: Ask, credential: PasswordCredential): Promise<Credential>;
}

/**
 * Guessing is slowed down in three ways: per address; per account and address; and per account from anywhere,
 * which would lock out its owner. So that last limit is not for whoever has signed in to the account from the
 * same address before.
 */
export function createSignIn(store: Store, passwords: Passwords, limits: Limits): SignIn {
  async function refuseAbove(attempts: readonly Attempt[]): Promise<void> {
    for (const [name, counter] of attempts) {
      const waitMs = await limits.exceededForMs(name, counter);
      if (waitMs > 0) throw rateLimited(name, waitMs);
    }
  }

  /** Counts an attempt, and gives what takes it back: one that succeeds does not count. */
  async function takeAttempt(handleKey: string, address: string): Promise<() => Promise<void>> {
    const network = networkOf(address);
    const pair = `${network} ${handleKey}`;
    const fromHere = [
      ["signInPerAddress", network],
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

  async function look(
    { address }: Ask,
    handleKey: string,
    password: string,
  ): Promise<{ credential: Credential | null; isRight: boolean }> {
    const credential = (await store.findCredential({ handleKey })) ?? null;
    const hash = credential?.passwordHash ?? null;
    return { credential, isRight: await passwords.verify(password, hash, address) };
  }

  /** Brings a hash up to today's cost. If the server has no time for it now, it waits for the next sign-in. */
  async function renewHash(
    { address, nowMs }: Ask,
    { user, passwordHash }: Credential,
    password: string,
  ): Promise<void> {
    try {
      await store.rehashPassword({
        userId: user.id,
        oldHash: passwordHash,
        newHash: await passwords.hash(password, address),
        nowMs,
      });
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
    }
  }

  return {
    async withPassword(ask, { handle, password }) {
      const handleKey = nameKey(handle).slice(0, MAX_KEY_CHARACTERS);
      const takeBack = await takeAttempt(handleKey, ask.address);
      const { credential, isRight } = await look(ask, handleKey, password).catch(async (error: unknown) => {
        // The password was not looked at, for example because the server is busy: the attempt has told nothing.
        await takeBack();
        throw error;
      });
      const isActive = credential && accountStateNow(credential.user, ask.nowMs).kind === "active";
      if (!isRight || !isActive) {
        await store.appendAudit(
          auditEntry(ask, { action: "sign-in-failed", targetId: credential?.user.id ?? null }),
        );
      }
      if (!credential || !isRight) throw credentialsWrong();
      await takeBack();
      requireActive(credential.user, ask.nowMs);
      if (passwords.isOutdated(credential.passwordHash)) await renewHash(ask, credential, password);
      return credential;
    },
  };
}
