import { randomUUID } from "node:crypto";
import { type CryptoKey, exportJWK, generateKeyPair, importJWK } from "jose";
import type { KeyRecord, SigningKey } from "./port.ts";

const ALGORITHM = "EdDSA";

/** A replaced key is kept for longer than any token that it has signed. */
const KEEP_REPLACED_MS = 24 * 60 * 60 * 1000;

export interface LoadedKey extends SigningKey {
  readonly createdAtMs: number;
  readonly publicKey: CryptoKey;
}

export async function newKey(createdAtMs: number): Promise<KeyRecord> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { keyId: randomUUID(), createdAtMs, jwk: await exportJWK(privateKey) };
}

/** @throws Error when it is no key */
export async function loadKey({ keyId, createdAtMs, jwk }: KeyRecord): Promise<LoadedKey> {
  const { d: _private, ...publicJwk } = jwk;
  const [privateKey, publicKey] = await Promise.all([
    importJWK(jwk, ALGORITHM),
    importJWK(publicJwk, ALGORITHM),
  ]);
  return { keyId, createdAtMs, privateKey: privateKey as CryptoKey, publicKey: publicKey as CryptoKey };
}

/** Newest first. */
export function byAge(keys: readonly LoadedKey[]): readonly LoadedKey[] {
  return [...keys].sort((one, other) => other.createdAtMs - one.createdAtMs);
}

/** Returns the keys all of whose tokens have ended, of keys by age: each signs until the next one is made, which ends a day later. */
export function outdated(keys: readonly LoadedKey[], nowMs: number): readonly LoadedKey[] {
  return keys.filter((_, index) => {
    const successor = keys[index - 1];
    return successor !== undefined && successor.createdAtMs < nowMs - KEEP_REPLACED_MS;
  });
}
