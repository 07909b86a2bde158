import { createHash, randomBytes } from "node:crypto";

const SECRET_BYTES = 32;
const FAMILY_BYTES = 16;

/* What a secret begins with says what it is: to whoever finds one where it shouldn't be, and to us. */
const SERVICE_KEY = /^cfk_[\w-]{43}$/;
const REFRESH_TOKEN = /^cfr_([\w-]{22})[\w-]{43}$/;

/** An opaque secret, and the hash that is stored in its place. */
interface Secret {
  readonly secret: string;
  readonly hash: string;
}

/** One of the refresh tokens of a session: all of them begin alike, so that an old one is recognised. */
export interface RefreshToken extends Secret {
  /** The hash of what they have in common. */
  readonly familyHash: string;
}

export function newServiceKey(): Secret {
  return toSecret(`cfk_${randomText(SECRET_BYTES)}`);
}

export function isServiceKey(value: string): boolean {
  return SERVICE_KEY.test(value);
}

/** The first refresh token of a session. */
export function newRefreshToken(): RefreshToken {
  return toRefreshToken(randomText(FAMILY_BYTES));
}

/** The refresh token that comes after another one. */
export function successorOf({ secret }: RefreshToken): RefreshToken {
  return toRefreshToken(REFRESH_TOKEN.exec(secret)?.[1] ?? "");
}

/** Null for what isn't a refresh token. */
export function parseRefreshToken(value: string): RefreshToken | null {
  const family = REFRESH_TOKEN.exec(value)?.[1];
  return family === undefined ? null : { ...toSecret(value), familyHash: hashSecret(family) };
}

/** A secret this random needs no slow hash: there is nothing to guess it from. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

function toRefreshToken(family: string): RefreshToken {
  return { ...toSecret(`cfr_${family}${randomText(SECRET_BYTES)}`), familyHash: hashSecret(family) };
}

function toSecret(secret: string): Secret {
  return { secret, hash: hashSecret(secret) };
}

function randomText(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}
