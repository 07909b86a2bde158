import { statSync } from "node:fs";
import { join } from "node:path";
import { CommandError } from "./command-error.ts";

/**
 * Checks a data folder before a command opens it: it must contain something and belong to the caller. Files that root
 * leaves in another user's folder would keep the server from starting.
 *
 * @throws CommandError
 */
export function checkDataFolder(dataDir: string, { mayCreate }: { mayCreate: boolean }): void {
  const database = join(dataDir, "confab.db");
  const owner = ownerOf(database);
  if (owner === null) {
    if (mayCreate) return;
    throw new CommandError(`there is no Confab data in ${dataDir}: name the server's folder with --data-dir`);
  }
  const self = process.geteuid?.();
  if (self !== undefined && self !== owner) {
    throw new CommandError(
      `${database} belongs to another user (uid ${owner}): run this as that user, or start the server first`,
    );
  }
}

/** Returns the user id of a file's owner; null when there is no such file. */
function ownerOf(path: string): number | null {
  try {
    return statSync(path, { throwIfNoEntry: false })?.uid ?? null;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (code === "ENOTDIR") return null;
    throw new CommandError(`can't look at ${path} (${code}): run this as the user that the server runs as`, {
      cause,
    });
  }
}
