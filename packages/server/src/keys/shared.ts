import type { KeyRecords, KeyRing } from "./port.ts";
import { byAge, type LoadedKey, loadKey, newKey, outdated } from "./signing-key.ts";

/** A new key signs after this long: by then every process has it. */
const SIGNS_AFTER_MS = 60_000;
const RELOAD_MS = 15_000;

/** Keys that several processes share. */
export interface SharedKeyRing extends KeyRing, Disposable {
  /** Looks for keys that other processes have made. */
  reload(): Promise<void>;
}

/** Opens the keys that processes share, and makes the first one when there is none. Keeps no process alive. */
export async function openSharedKeys(records: KeyRecords, clock: () => number): Promise<SharedKeyRing> {
  let keys: readonly LoadedKey[] = [];
  if ((await records.list()).length === 0) await records.addFirst(await newKey(clock()));
  await reload();
  // A key that can't be read now is read the next time.
  const timer = setInterval(() => void reload().catch(() => {}), RELOAD_MS).unref();

  async function reload(): Promise<void> {
    const known = new Map(keys.map((key) => [key.keyId, key]));
    const listed = await records.list();
    const loaded = await Promise.all(listed.map((record) => known.get(record.keyId) ?? loadKey(record)));
    const sorted = byAge(loaded);
    const gone = outdated(sorted, clock());
    if (gone.length > 0) await records.remove(gone.map(({ keyId }) => keyId));
    keys = sorted.filter((key) => !gone.includes(key));
  }

  return {
    get current() {
      const known = keys.find(({ createdAtMs }) => createdAtMs <= clock() - SIGNS_AFTER_MS) ?? keys.at(-1);
      if (!known) throw new Error("the key ring is empty");
      return known;
    },
    find: (keyId) => keys.find((key) => key.keyId === keyId)?.publicKey,
    async rotate() {
      const record = await newKey(clock());
      await records.add(record);
      await reload();
      return record.keyId;
    },
    reload,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
