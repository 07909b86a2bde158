import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Console } from "../options.ts";
import { takeLock } from "./lock-file.ts";

/** What is in them lets one in, so that nobody else may read them. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * Keeps the session with one server from one start of the chat to the next: its refresh token, in a file of its own in
 * `$XDG_STATE_HOME/confab`. One process at a time has it: each refresh replaces the token, and using an old one ends the
 * session. Where there is no place for the file, nothing is kept.
 */
export class RememberedSession implements Disposable {
  /** Whether another process goes on with the session, so that this one neither has it nor keeps its own. */
  readonly isElsewhere: boolean;
  readonly #path: string | null;

  private constructor(path: string | null, isElsewhere: boolean) {
    this.#path = path;
    this.isElsewhere = isElsewhere;
  }

  /** Has the session with the server at that address until it is disposed of. */
  static open(address: string, env: Console["env"]): RememberedSession {
    const folder = folderFrom(env);
    if (!folder) return new RememberedSession(null, false);
    const path = join(folder, `${encodeURIComponent(address)}.json`);
    try {
      mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
      chmodSync(folder, FOLDER_MODE);
      const isOurs = takeLock(lockOf(path));
      return new RememberedSession(isOurs ? path : null, !isOurs);
    } catch {
      // Whoever may not write there chats all the same, and signs in each time.
      return new RememberedSession(null, false);
    }
  }

  /** What to go on with; null where nothing is kept. */
  get refreshToken(): string | null {
    if (this.#path === null) return null;
    try {
      const kept: unknown = JSON.parse(readFileSync(this.#path, "utf8"));
      const isKept = typeof kept === "object" && kept !== null && "refreshToken" in kept;
      return isKept && typeof kept.refreshToken === "string" ? kept.refreshToken : null;
    } catch {
      return null;
    }
  }

  /** Keeps the newest token in place of what was kept before. */
  keep(refreshToken: string): void {
    if (this.#path === null) return;
    const draft = `${this.#path}.new`;
    try {
      // A file that is there keeps its mode.
      rmSync(draft, { force: true });
      writeFileSync(draft, `${JSON.stringify({ refreshToken })}\n`, { mode: FILE_MODE, flag: "wx" });
      renameSync(draft, this.#path);
    } catch {
      // What is kept now is of no use any more: the next start asks who one is.
    }
  }

  forget(): void {
    if (this.#path !== null) rmSync(this.#path, { force: true });
  }

  [Symbol.dispose](): void {
    if (this.#path !== null) rmSync(lockOf(this.#path), { force: true });
  }
}

/** After the XDG Base Directory Specification, which has a relative path ignored. */
function folderFrom({ XDG_STATE_HOME = "", HOME = "" }: Console["env"]): string | null {
  if (isAbsolute(XDG_STATE_HOME)) return join(XDG_STATE_HOME, "confab");
  return isAbsolute(HOME) ? join(HOME, ".local", "state", "confab") : null;
}

function lockOf(path: string): string {
  return `${path}.lock`;
}
