import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const ATTEMPTS = 2;
const FOR_ITS_OWNER = 0o600;

/**
 * Takes a lock file for this process, even from a process that has ended without releasing it. Returns false while
 * another process has it.
 */
export function takeLock(path: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, String(process.pid), { mode: FOR_ITS_OWNER });
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (linked(draft, path)) return true;
      if (isRunning(Number(readFileSync(path, "utf8")))) return false;
      rmSync(path, { force: true });
    }
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A link appears with its content or not at all, unlike a file that is created and then written. */
function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process runs, but belongs to another user.
    return hasCode(error, "EPERM");
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
