import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { StorageFault } from "../fault.ts";

export const BUSY_TIMEOUT_MS = 5_000;
const MAX_JOURNAL_BYTES = 64 * 1024 * 1024;
/** As many pages as are read and written where a thousand rooms are busy. SQLite's default is 2 MiB. */
const CACHE_KIB = 32 * 1024;
/** For each thread that reads. */
const READ_CACHE_KIB = 8 * 1024;
export const PRIVATE_FILE = 0o600;
export const PRIVATE_FOLDER = 0o700;

/** Up to this size a file is rewritten in about a second, which a stop has even when its calls take all their time. */
const MAX_REWRITTEN_BYTES = 32 * 1024 * 1024;

/** Primary result codes, from https://www.sqlite.org/rescode.html */
export const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

const faults: ReadonlyMap<number, StorageFault> = new Map([
  [SQLITE_FULL, "full"],
  [SQLITE_BUSY, "busy"],
  [SQLITE_LOCKED, "busy"],
  [SQLITE_READONLY, "broken"],
  [SQLITE_IOERR, "broken"],
  [SQLITE_CORRUPT, "broken"],
  [SQLITE_CANTOPEN, "broken"],
  [SQLITE_NOTADB, "broken"],
]);

/**
 * Opens the database file, made on first use and readable by its owner alone, and checks that it is sound.
 * A commit returns only after the log is synced (`synchronous=FULL` in WAL mode).
 *
 * @throws Error that names the file when it can't be used or is damaged
 */
export function openDatabase(path: string): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
    closeSync(openSync(path, "a", PRIVATE_FILE));
    chmodSync(path, PRIVATE_FILE);
    const db = new DatabaseSync(path);
    db.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
    db.exec("pragma journal_mode = wal");
    db.exec("pragma synchronous = full");
    db.exec("pragma foreign_keys = on");
    db.exec("pragma trusted_schema = off");
    // Deleted content is overwritten, so that nobody reads it in the file.
    db.exec("pragma secure_delete = on");
    db.exec(`pragma journal_size_limit = ${MAX_JOURNAL_BYTES}`);
    // See `Checkpoints`.
    db.exec("pragma wal_autocheckpoint = 0");
    db.exec(`pragma cache_size = -${CACHE_KIB}`);
    const problems = db
      .prepare("pragma quick_check(3)")
      .all()
      .map((row) => String(Object.values(row)[0]));
    if (problems[0] !== "ok") throw new Error(`it is damaged (${problems.join("; ")}); restore a backup`);
    return db;
  } catch (error) {
    throw new Error(`can't use the database ${path}: ${describe(error)}`, { cause: error });
  }
}

/** Opens the file of a database that the writer has open, for reads alone. */
export function openForReading(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true });
  db.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
  db.exec("pragma trusted_schema = off");
  db.exec(`pragma cache_size = -${READ_CACHE_KIB}`);
  // Temporary tables may hold messages, which are to be in no other file.
  db.exec("pragma temp_store = memory");
  return db;
}

/**
 * Leaves nothing of what was deleted in the file, when that is small. SQLite overwrites it where it was deleted
 * (`secure_delete`), but where pages were split or merged before, copies are in their unused space: they go when the
 * file is rewritten. The search index keeps words of what it has forgotten until it is rebuilt, or purged
 * (`Purging`). In a large file the copies stay until their space is used again. It blocks everything for a second.
 */
export function scrub(db: DatabaseSync): void {
  try {
    if (sizeOf(db) > MAX_REWRITTEN_BYTES) return;
    rebuildIndex(db);
    db.exec("vacuum");
  } catch (error) {
    // Deleted rows stay deleted, even if there is no space to write the file again.
    if (storageFault(error) === null) throw error;
  }
}

function rebuildIndex(db: DatabaseSync): void {
  db.exec("begin immediate");
  try {
    for (const { id } of db.prepare("select id from search_indexes").all()) {
      db.exec(`insert into search_words_${id} (search_words_${id}) values ('rebuild')`);
    }
    db.exec("update search_indexes set purge = 'none'");
    db.exec("commit");
  } finally {
    if (db.isTransaction) db.exec("rollback");
  }
}

/** True for a database that is not open and was not closed: closing it removes the log of changes. */
export function hasLog(path: string): boolean {
  return existsSync(`${path}-wal`);
}

/** Brings what is in the log of changes into the database file, and empties it. Returns false when it is in use. */
export function emptyLog(db: DatabaseSync): boolean {
  return db.prepare("pragma wal_checkpoint(truncate)").get()?.busy === 0;
}

function sizeOf(db: DatabaseSync): number {
  const { bytes } = db
    .prepare("select page_count * page_size as bytes from pragma_page_count, pragma_page_size")
    .get() ?? { bytes: 0 };
  return Number(bytes);
}

function describe(error: unknown): string {
  const fault = primaryCode(error);
  const message = error instanceof Error ? error.message : String(error);
  if (fault === SQLITE_NOTADB || fault === SQLITE_CORRUPT)
    return `it is damaged (${message}); restore a backup`;
  return message;
}

/** In what way the storage is at fault for a failed statement; null when it isn't. */
export function storageFault(error: unknown): StorageFault | null {
  return faults.get(primaryCode(error) ?? 0) ?? null;
}

/** `errcode` is what `node:sqlite` puts on its errors, an extended result code. */
export function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}
