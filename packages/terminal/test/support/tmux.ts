import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { waitFor } from "./wait-for.ts";

const run = promisify(execFile);

/** The `skip` option of tests that need tmux: false to run them, or why they are skipped. */
export const skipWithoutTmux: string | false =
  spawnSync("tmux", ["-V"], { stdio: "ignore" }).status === 0 || process.env.CONFAB_TEST_REQUIRE === "all"
    ? false
    : "needs tmux, which is not on this machine";

/** A time zone in which it is about noon, so that no test runs over midnight. */
export function zoneAtNoon(): string {
  const behind = new Date().getUTCHours() - 12;
  return behind === 0 ? "UTC" : `Etc/GMT${behind > 0 ? "+" : ""}${behind}`;
}

export interface TmuxOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** The terminal's background, as `#ffffff`; without one it tells none. */
  readonly background?: string;
}

/** A program in a real terminal: tmux, with a server of its own that ends with it. */
export class Tmux implements AsyncDisposable {
  /** Holds the socket, so that nothing is left behind. */
  readonly #folder = mkdtempSync(join(tmpdir(), "confab-tmux-"));

  private constructor() {}

  /** Starts a program; when it has ended, its exit code is on the screen: `ended: 0`. */
  static async start(command: readonly string[], options: TmuxOptions = {}): Promise<Tmux> {
    const { columns = 80, rows = 24, env = {}, background } = options;
    const tmux = new Tmux();
    const config = join(tmux.#folder, "config");
    writeFileSync(config, background === undefined ? "" : `set -g window-style "bg=${background}"\n`);
    const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const defaults = { TZ: zoneAtNoon(), LC_ALL: "C.UTF-8", XDG_STATE_HOME: join(tmux.#folder, "state") };
    const variables = Object.entries({ ...defaults, ...env }).flatMap(([name, value]) => [
      "-e",
      `${name}=${value}`,
    ]);
    await tmux.#tmux(
      ...["-f", config, "new-session", "-d", "-x", String(columns), "-y", String(rows), ...variables],
      `echo 'before the chat'; ${quoted}; echo "ended: $?"; exec cat`,
    );
    return tmux;
  }

  async capture(): Promise<string> {
    return (await this.#tmux("capture-pane", "-p")).trimEnd();
  }

  /** The same with its colours, as escape sequences. */
  async captureStyles(): Promise<string> {
    return this.#tmux("capture-pane", "-p", "-e");
  }

  /** Gives a column's characters in the first rows of the screen, by tmux's own count of columns. */
  async column(column: number, rows: number): Promise<readonly string[]> {
    const steps = [
      ["top-line"],
      ["start-of-line"],
      ["-N", String(column), "cursor-right"],
      ["begin-selection"],
      ["rectangle-on"],
      ["-N", String(rows - 1), "cursor-down"],
      ["copy-selection-and-cancel"],
    ];
    await this.#tmux("copy-mode");
    for (const step of steps) await this.#tmux("send-keys", "-X", ...step);
    return (await this.#tmux("show-buffer")).split("\n").slice(0, rows);
  }

  /** Gives the screen as soon as it shows something. @throws Error with the screen when it doesn't */
  async shows(pattern: RegExp): Promise<string> {
    return waitFor(
      () => this.capture(),
      (text) => pattern.test(text),
      `${String(pattern)} on the screen`,
    );
  }

  /** Types a text as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", "--", text);
  }

  /** Presses keys by their names in tmux: `Enter`, `C-c`, `M-Up`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  /** Pastes as a terminal does, between the marks of a paste where the program wants them. */
  async paste(text: string): Promise<void> {
    await this.#tmux("set-buffer", "--", text);
    await this.#tmux("paste-buffer", "-p", "-r");
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** Asks tmux about the terminal, as `#{pane_pid}`. */
  async ask(format: string): Promise<string> {
    return (await this.#tmux("display-message", "-p", format)).trim();
  }

  /** Sends a signal to the program, as another program would. */
  async signal(name: NodeJS.Signals): Promise<void> {
    const shell = await this.ask("#{pane_pid}");
    const { stdout } = await run("ps", ["-o", "pid=", "--ppid", shell]);
    process.kill(Number(stdout.trim()), name);
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
