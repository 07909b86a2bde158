import type { CryptoKey, JWK } from "jose";

/** The keys for access tokens. The newest signs; older ones verify until the tokens that they signed have ended. */
export interface KeyRing {
  readonly current: SigningKey;
  /** Returns the public key of that id, unless it was dropped. */
  find(keyId: string): CryptoKey | undefined;
  /** Makes a new key, which signs from now on, or as soon as all processes have it. Returns its id. */
  rotate(): Promise<string>;
}

export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: CryptoKey;
}

/** A signing key as it is stored. */
export interface KeyRecord {
  readonly keyId: string;
  readonly createdAtMs: number;
  readonly jwk: JWK;
}

/** A place for signing keys that several processes share. */
export interface KeyRecords {
  list(): Promise<readonly KeyRecord[]>;
  add(key: KeyRecord): Promise<void>;
  /** Adds a key, unless another process has added one before. */
  addFirst(key: KeyRecord): Promise<void>;
  remove(keyIds: readonly string[]): Promise<void>;
}
