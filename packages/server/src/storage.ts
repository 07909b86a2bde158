import { join, resolve } from "node:path";
import type { Clock } from "./app/clock.ts";
import type { Config } from "./config.ts";
import { openKeyFiles } from "./keys/files.ts";
import type { KeyRing } from "./keys/port.ts";
import { type KeyedHash, openRepeatKey, openSharedRepeatKey } from "./keys/repeat-key.ts";
import { openSharedKeys } from "./keys/shared.ts";
import type { Store } from "./store/port/store.ts";
import { lockDataFolder } from "./store/sqlite/data-folder.ts";
import { openSqliteStore } from "./store/sqlite/store.ts";

/** Everything that survives the process. */
export interface Storage {
  readonly store: Store;
  /** The number of rooms whose messages can be stored at the same time. */
  readonly lanes: number;
  readonly keys: KeyRing;
  readonly repeatHash: KeyedHash;
}

type StorageConfig = Pick<Config, "dataDir" | "databaseUrl">;

/**
 * Opens the database, and what is kept beside it: in the data folder, or in the database where several processes share it.
 *
 * @throws Error that names what can't be used, and never a password
 */
export async function openStorage(
  { dataDir, databaseUrl }: StorageConfig,
  clock: Clock,
  opened: AsyncDisposableStack,
): Promise<Storage> {
  if (databaseUrl !== null) return openShared({ dataDir, databaseUrl }, clock, opened);
  const store = opened.use(await openSqliteStore(dataDir));
  const keyFolder = join(dataDir, "keys");
  const keys = await openKeyFiles(keyFolder, clock);
  return { store, lanes: 1, keys, repeatHash: await openRepeatKey(keyFolder) };
}

async function openShared(
  { dataDir, databaseUrl }: { readonly dataDir: string; readonly databaseUrl: string },
  clock: Clock,
  opened: AsyncDisposableStack,
): Promise<Storage> {
  // The operator's socket is there.
  opened.use(lockDataFolder(resolve(dataDir)));
  // Loaded here, so that whoever stores in the data folder does not load another database's driver.
  const { openPostgresStore, WRITE_LANES } = await import("./store/postgres/store.ts");
  const { store, sharedKeys } = await openPostgresStore(databaseUrl).catch((cause: unknown) => {
    throw new Error(`can't use the database of CONFAB_DATABASE_URL: ${describe(cause)}`, { cause });
  });
  opened.use(store);
  return {
    store,
    lanes: WRITE_LANES,
    keys: opened.use(await openSharedKeys(sharedKeys.signing, clock)),
    repeatHash: await openSharedRepeatKey(sharedKeys.secret),
  };
}

/** Says what is at the bottom of an error. Some errors of connections have only a code. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  if (inner instanceof Error) return describe(inner);
  const code = "code" in error ? String(error.code) : error.name;
  return error.message || code;
}
