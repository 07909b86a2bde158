import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Console } from "../options.ts";
import { takeLock } from "./lock-file.ts";

/** The files let their reader sign in, so nobody else may read them. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * Keeps the session with one server between starts of the chat: the refresh token, in its own file in
 * `$XDG_STATE_HOME/confab`. Only one process uses it at a time, because each refresh replaces the token and an old
 * token ends the session. If the file can't be written, nothing is kept.
 */
export class RememberedSession implements Disposable {
  /** True if another process uses the session. Then this process neither uses nor keeps it. */
  readonly isElsewhere: boolean;
  readonly #path: string | null;

  private constructor(path: string | null, isElsewhere: boolean) {
    this.#path = path;
    this.isElsewhere = isElsewhere;
  }

  /** Opens the session for the server at that address. Dispose of it to release it. */
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
      // Without write access the chat still works, but asks to sign in each time.
      return new RememberedSession(null, false);
    }
  }

  /** The token to continue with; null if nothing is kept. */
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

  /** Replaces the kept token with the newest one. */
  keep(refreshToken: string): void {
    if (this.#path === null) return;
    const draft = `${this.#path}.new`;
    try {
      // An existing file would keep its mode.
      rmSync(draft, { force: true });
      writeFileSync(draft, `${JSON.stringify({ refreshToken })}\n`, { mode: FILE_MODE, flag: "wx" });
      renameSync(draft, this.#path);
    } catch {
      // The kept token is now useless: the next start asks to sign in.
    }
  }

  forget(): void {
    if (this.#path !== null) rmSync(this.#path, { force: true });
  }

  [Symbol.dispose](): void {
    if (this.#path !== null) rmSync(lockOf(this.#path), { force: true });
  }
}

/** Follows the XDG Base Directory Specification, which ignores a relative path. */
function folderFrom({ XDG_STATE_HOME = "", HOME = "" }: Console["env"]): string | null {
  if (isAbsolute(XDG_STATE_HOME)) return join(XDG_STATE_HOME, "confab");
  return isAbsolute(HOME) ? join(HOME, ".local", "state", "confab") : null;
}

function lockOf(path: string): string {
  return `${path}.lock`;
}
