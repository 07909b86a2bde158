import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const ATTEMPTS = 2;
const FOR_ITS_OWNER = 0o600;

/** Takes a lock file for this process, also from one that has ended without letting go; false while another has it. */
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

/** Unlike a file that is created and then written, a link is there with its content or not at all. */
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
    // It runs, and is another user's.
    return hasCode(error, "EPERM");
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
