import type { CryptoKey } from "jose";

/** The keys for access tokens. The newest signs; older ones verify until the tokens that they signed have ended. */
export interface KeyRing {
  readonly current: SigningKey;
  /** Returns the public key of that id, unless it was dropped. */
  find(keyId: string): CryptoKey | undefined;
  /** Makes a new key, which signs from now on. Returns its id. */
  rotate(): Promise<string>;
}

export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: CryptoKey;
}
