import type { CryptoKey } from "jose";

/** The keys that sign access tokens. The newest signs; the others verify until their tokens have ended. */
export interface KeyRing {
  readonly current: SigningKey;
  /** The public key of that id, if it is still believed. */
  find(keyId: string): CryptoKey | undefined;
  /** Makes a new key, which signs from now on, and returns its id. */
  rotate(): Promise<string>;
}

export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: CryptoKey;
}
