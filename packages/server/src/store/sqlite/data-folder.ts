import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PRIVATE_FILE, PRIVATE_FOLDER, primaryCode, SQLITE_BUSY } from "./database.ts";

/** The reasons for which the file system refuses a folder, by error code. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "its file system can only be read",
  EEXIST: "it is a file, not a folder",
  ENOTDIR: "a part of its path is a file, not a folder",
  ENOENT: "no folder can be made there",
  ENOSPC: "the disk is full",
  ENAMETOOLONG: "its path is too long",
};

/**
 * Makes this process the only one that serves a data folder, until disposed of or dead. Makes the folder if it isn't
 * there. The operating system releases the lock of a killed process: nothing is left to clean up.
 *
 * @throws Error that names the folder, and the process that has it or the setting that chooses another
 */
export function lockDataFolder(folder: string): Disposable {
  const pidFile = join(folder, "confab.pid");
  try {
    makeFolder(folder);
    const lock = openLock(folder, pidFile);
    writeFileSync(pidFile, `${process.pid}\n`, { mode: PRIVATE_FILE });
    return {
      [Symbol.dispose]() {
        rmSync(pidFile, { force: true });
        lock.close();
      },
    };
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const reason = reasons[code];
    if (reason === undefined) throw cause;
    throw new Error(
      `can't use the data folder ${folder}: ${reason}; CONFAB_DATA_DIR (--data-dir) sets another`,
      { cause },
    );
  }
}

/** Makes a folder with all folders above it. Node's own way never returns where the system allows none, as in /proc. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  try {
    mkdirSync(folder, PRIVATE_FOLDER);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const parent = dirname(folder);
    if (!isMissing || parent === folder) throw error;
    makeFolder(parent);
    mkdirSync(folder, PRIVATE_FOLDER);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function openLock(folder: string, pidFile: string): DatabaseSync {
  const lockFile = join(folder, "confab.lock");
  closeSync(openSync(lockFile, "a", PRIVATE_FILE));
  const lock = new DatabaseSync(lockFile);
  try {
    lock.exec("pragma locking_mode = exclusive");
    lock.exec("pragma journal_mode = memory");
    lock.exec("begin exclusive");
    return lock;
  } catch (error) {
    lock.close();
    const inUse = primaryCode(error) === SQLITE_BUSY;
    const problem = inUse ? `in use by another Confab process${readPid(pidFile)}` : String(error);
    throw new Error(`the data folder ${folder} is ${problem}`, { cause: error });
  }
}

function readPid(pidFile: string): string {
  try {
    return ` (pid ${readFileSync(pidFile, "utf8").trim()})`;
  } catch {
    return "";
  }
}
