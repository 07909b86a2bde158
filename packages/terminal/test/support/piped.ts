import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { cleanEnv, confab } from "./confab.ts";
import { waitFor } from "./wait-for.ts";

/** The command in a process whose streams are pipes. */
export class Piped implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ended: Promise<unknown[]>;
  stdout = "";
  stderr = "";

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const [program = "", ...rest] = confab;
    this.#child = spawn(program, [...rest, ...args], {
      env: { ...cleanEnv(), TZ: "UTC", ...env },
      stdio: "pipe",
    });
    this.#child.stdin.on("error", () => {});
    this.#child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      this.stdout += chunk;
    });
    this.#child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.stderr += chunk;
    });
    this.#ended = once(this.#child, "close");
  }

  input(text: string): void {
    this.#child.stdin.write(text);
  }

  end(): Promise<number | null> {
    this.#child.stdin.end();
    return this.exited();
  }

  async exited(): Promise<number | null> {
    const [code] = await this.#ended;
    return code as number | null;
  }

  /** Closes the reading end of its output, as `head` does. */
  stopReading(): void {
    this.#child.stdout.destroy();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  prints(text: string): Promise<string> {
    return waitFor(
      () => this.stdout + this.stderr,
      (output) => output.includes(text),
      `printing ${text}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGKILL");
    await this.#ended;
  }
}
