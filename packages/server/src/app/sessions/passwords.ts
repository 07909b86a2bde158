import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import pLimit from "p-limit";
import { ChatError } from "../../domain/errors.ts";
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

/** Hashes and checks passwords off the main thread, a few at a time: each costs tens of milliseconds. */
export interface Passwords {
  /** A PHC string, with the cost and the salt in it. */
  hash(password: string): Promise<string>;
  /** True if the hash is of this password. Without a hash it takes as long, and is false. */
  verify(password: string, hash: string | null): Promise<boolean>;
  /** True if new hashes have another cost. */
  isOutdated(hash: string): boolean;
}

export function createPasswords(): Passwords {
  const currentCost = costOf(COST);
  const limit = pLimit(MAX_AT_ONCE);
  const nobody = deriveForNobody();

  /** @throws ChatError SIGN_IN_BUSY when 64 are waiting already */
  function queued<Result>(task: () => Promise<Result>): Promise<Result> {
    if (limit.pendingCount >= MAX_WAITING) {
      throw new ChatError("SIGN_IN_BUSY", "too many sign-ins at once: try again in a second", {
        retryAfterMs: RETRY_AFTER_MS,
      });
    }
    return limit(task);
  }

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      const normalized = normalizePassword(password);
      return toPhc(salt, await queued(() => derive(normalized, salt, COST)));
    },
    async verify(given, hash) {
      const password = normalizePassword(given);
      if (!fitsPasswordBound(password)) return false;
      const { salt, derived, cost } = hash === null ? await nobody : fromPhc(hash);
      const isSame = timingSafeEqual(await queued(() => derive(password, salt, cost)), derived);
      return isSame && hash !== null;
    },
    isOutdated: (hash) => !hash.startsWith(`${currentCost}$`),
  };
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
