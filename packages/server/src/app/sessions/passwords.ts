import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { networkOf } from "../../domain/addresses.ts";
import { ChatError } from "../../domain/errors.ts";
import { FairQueue } from "../../domain/fair-queue.ts";
import { fitsPasswordBound, normalizePassword } from "../../domain/sessions/passwords.ts";

/** OWASP's minimum for argon2id (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane. */
const COST = { memory: 19_456, passes: 2, lanes: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

const MAX_AT_ONCE = 2 * availableParallelism();
const MAX_WAITING = 64;
const RETRY_AFTER_MS = 1_000;

const argon2Async = promisify(argon2) as (
  algorithm: "argon2id",
  parameters: Argon2Parameters,
) => Promise<Buffer>;

/**
 * Hashes and checks passwords off the main thread, a few at a time: each costs tens of milliseconds. The networks that
 * callers are in take turns, so that a flood from one keeps nobody elsewhere out.
 */
export interface Passwords {
  /** A PHC string, with the cost and the salt in it. @throws ChatError SIGN_IN_BUSY */
  hash(password: string, address: string): Promise<string>;
  /**
   * True if the hash is of this password. Without a hash it takes as long, and is false.
   *
   * @throws ChatError SIGN_IN_BUSY
   */
  verify(password: string, hash: string | null, address: string): Promise<boolean>;
  /** True if new hashes have another cost. */
  isOutdated(hash: string): boolean;
}

export function createPasswords(): Passwords {
  const currentCost = costOf(COST);
  const queue = new FairQueue(MAX_AT_ONCE, { maxWaiting: MAX_WAITING, refusal: signInBusy });
  const nobody = deriveForNobody();

  return {
    async hash(password, address) {
      const salt = randomBytes(SALT_BYTES);
      const normalized = normalizePassword(password);
      return toPhc(salt, await queue.run(networkOf(address), () => derive(normalized, salt, COST)));
    },
    async verify(given, hash, address) {
      const password = normalizePassword(given);
      if (!fitsPasswordBound(password)) return false;
      const { salt, derived, cost } = hash === null ? await nobody : fromPhc(hash);
      const found = await queue.run(networkOf(address), () => derive(password, salt, cost));
      return timingSafeEqual(found, derived) && hash !== null;
    },
    isOutdated: (hash) => !hash.startsWith(`${currentCost}$`),
  };
}

function signInBusy(): ChatError {
  const problem = "too many sign-ins at once: try again in a second";
  return new ChatError("SIGN_IN_BUSY", problem, { retryAfterMs: RETRY_AFTER_MS });
}

/** Derives the hash for unknown users: to check their passwords takes as long as for known ones. */
async function deriveForNobody(): Promise<{ salt: Buffer; derived: Buffer; cost: Cost }> {
  const salt = randomBytes(SALT_BYTES);
  return { salt, derived: await derive(randomBytes(SALT_BYTES).toString("hex"), salt, COST), cost: COST };
}

/** The cost of a hash, which is part of it. Memory is in KiB. */
type Cost = Readonly<typeof COST>;

function derive(password: string, salt: Buffer, { memory, passes, lanes }: Cost): Promise<Buffer> {
  return argon2Async("argon2id", {
    message: password,
    nonce: salt,
    parallelism: lanes,
    tagLength: HASH_BYTES,
    memory,
    passes,
  });
}

function costOf({ memory, passes, lanes }: Cost): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}`;
}

function toPhc(salt: Buffer, derived: Buffer): string {
  return `${costOf(COST)}$${base64(salt)}$${base64(derived)}`;
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/;

function fromPhc(phc: string): { salt: Buffer; derived: Buffer; cost: Cost } {
  const [, memory, passes, lanes, salt, derived] = PHC.exec(phc) ?? [];
  if (salt === undefined || derived === undefined)
    throw new Error("a stored password hash is not one of argon2id");
  return {
    salt: Buffer.from(salt, "base64"),
    derived: Buffer.from(derived, "base64"),
    cost: { memory: Number(memory), passes: Number(passes), lanes: Number(lanes) },
  };
}

/** Base64 without padding, as the PHC string format wants it. */
function base64(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("=", "");
}
