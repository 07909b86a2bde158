import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import type { KeyRing, SigningKey } from "./port.ts";
import { requirePrivate, writePrivate } from "./private-files.ts";

const ALGORITHM = "EdDSA";
const PRIVATE_FOLDER = 0o700;
const FILE_NAME = /^[0-9a-f-]{36}\.json$/;

/** A replaced key is kept for longer than any token that it has signed. */
const KEEP_REPLACED_MS = 24 * 60 * 60 * 1000;

interface KeyFile {
  readonly keyId: string;
  readonly createdAtMs: number;
  readonly jwk: JWK;
}

interface LoadedKey extends SigningKey {
  readonly createdAtMs: number;
  readonly publicKey: CryptoKey;
}

/**
 * Keeps the keys as files of the data folder, one for each key, readable by their owner alone. Makes the first key when
 * there is none.
 *
 * @throws Error that names the file when one is damaged, or can be read by others
 */
export async function openKeyFiles(folder: string, clock: () => number): Promise<KeyRing> {
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
  const names = (await readdir(folder)).filter((name) => FILE_NAME.test(name));
  const loaded = await Promise.all(names.map((name) => load(join(folder, name))));
  if (loaded.length === 0) loaded.push(await create(folder, clock()));
  let keys = loaded.sort((a, b) => b.createdAtMs - a.createdAtMs);
  await dropOutdated();

  /** A key signs until the next one is made; a day later all its tokens have ended. */
  async function dropOutdated(): Promise<void> {
    const outdated = keys.filter((_, index) => {
      const successor = keys[index - 1];
      return successor !== undefined && successor.createdAtMs < clock() - KEEP_REPLACED_MS;
    });
    keys = keys.filter((key) => !outdated.includes(key));
    for (const { keyId } of outdated) await rm(join(folder, `${keyId}.json`), { force: true });
  }

  return {
    get current() {
      const [newest] = keys;
      if (!newest) throw new Error("the key ring is empty");
      return newest;
    },
    find: (keyId) => keys.find((key) => key.keyId === keyId)?.publicKey,
    async rotate() {
      const key = await create(folder, clock());
      keys = [key, ...keys];
      await dropOutdated();
      return key.keyId;
    },
  };
}

async function create(folder: string, createdAtMs: number): Promise<LoadedKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const content: KeyFile = { keyId: randomUUID(), createdAtMs, jwk: await exportJWK(privateKey) };
  await writePrivate(join(folder, `${content.keyId}.json`), JSON.stringify(content));
  return toKey(content);
}

async function load(path: string): Promise<LoadedKey> {
  await requirePrivate(path);
  try {
    return await toKey(JSON.parse(await readFile(path, "utf8")) as KeyFile);
  } catch (error) {
    throw new Error(`the signing key ${path} is damaged: remove it, and everyone has to sign in again`, {
      cause: error,
    });
  }
}

async function toKey({ keyId, createdAtMs, jwk }: KeyFile): Promise<LoadedKey> {
  const { d: _private, ...publicJwk } = jwk;
  const [privateKey, publicKey] = await Promise.all([
    importJWK(jwk, ALGORITHM),
    importJWK(publicJwk, ALGORITHM),
  ]);
  return { keyId, createdAtMs, privateKey: privateKey as CryptoKey, publicKey: publicKey as CryptoKey };
}
