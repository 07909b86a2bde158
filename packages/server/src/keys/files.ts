import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { KeyRecord, KeyRing } from "./port.ts";
import { requirePrivate, writePrivate } from "./private-files.ts";
import { byAge, type LoadedKey, loadKey, newKey, outdated } from "./signing-key.ts";

const PRIVATE_FOLDER = 0o700;
const FILE_NAME = /^[0-9a-f-]{36}\.json$/;

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
  let keys = byAge(loaded);
  await dropOutdated();

  async function dropOutdated(): Promise<void> {
    const gone = outdated(keys, clock());
    keys = keys.filter((key) => !gone.includes(key));
    for (const { keyId } of gone) await rm(join(folder, `${keyId}.json`), { force: true });
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
  const content = await newKey(createdAtMs);
  await writePrivate(join(folder, `${content.keyId}.json`), JSON.stringify(content));
  return loadKey(content);
}

async function load(path: string): Promise<LoadedKey> {
  await requirePrivate(path);
  try {
    return await loadKey(JSON.parse(await readFile(path, "utf8")) as KeyRecord);
  } catch (error) {
    throw new Error(`the signing key ${path} is damaged: remove it, and everyone has to sign in again`, {
      cause: error,
    });
  }
}
