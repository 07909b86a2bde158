import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { confab } from "./server-process.ts";
import { waitFor } from "./wait-for.ts";

const COLUMNS = 100;
const ROWS = 40;
const run = promisify(execFile);

/** The `skip` option of a test that drives a terminal. `CONFAB_TEST_REQUIRE=all` demands that none is skipped. */
export const withoutTmux: string | false =
  spawnSync("tmux", ["-V"], { stdio: "ignore" }).status === 0 || process.env.CONFAB_TEST_REQUIRE === "all"
    ? false
    : "needs tmux, which is not on this machine";

/** `confab chat` in a terminal: tmux, with a server of its own that ends with it. */
export class Terminal implements AsyncDisposable {
  /** Holds the socket, and what the client keeps. */
  readonly #folder = mkdtempSync(join(tmpdir(), "confab-tmux-"));

  private constructor() {}

  /** Starts the client, which asks who it is that comes. */
  static async start(address: string): Promise<Terminal> {
    const terminal = new Terminal();
    const variables = { TZ: "UTC", LC_ALL: "C.UTF-8", XDG_STATE_HOME: join(terminal.#folder, "state") };
    await terminal.#tmux(
      ...["-f", "/dev/null", "new-session", "-d", "-x", String(COLUMNS), "-y", String(ROWS)],
      ...Object.entries(variables).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
      `'${process.execPath}' '${confab}' chat ${address}; echo "ended: $?"; exec cat`,
    );
    return terminal;
  }

  /** Gives the screen as soon as it shows something. @throws Error with the screen when it doesn't */
  async shows(pattern: RegExp): Promise<string> {
    return waitFor(
      () => this.#tmux("capture-pane", "-p"),
      (screen) => pattern.test(screen),
      `${String(pattern)} on the screen`,
    );
  }

  /** Presses keys by their names in tmux: `Tab`, `Up`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  /** Types a text as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", "--", text);
  }

  /** Types a line, and sends it. */
  async enter(line: string): Promise<void> {
    await this.type(line);
    await this.press("Enter");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server").catch(() => {});
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const { stdout } = await run("tmux", ["-S", join(this.#folder, "socket"), ...args]);
    return stdout;
  }
}
