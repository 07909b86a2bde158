import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";
import { HANG_MS, within } from "./wait.ts";

/** A program that a person would use in a terminal, here with its input and output in pipes. */
export class ConsoleProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  #output = "";
  #onOutput: () => void = () => {};

  constructor(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(program, args, {
      cwd,
      env: { ...env, PYTHONDONTWRITEBYTECODE: "1", npm_config_loglevel: "error" },
    });
    this.#exited = once(this.#child, "close").then(([code]) => code as number | null);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        this.#output += chunk;
        this.#onOutput();
      });
    }
  }

  /** Everything it has written so far, standard error included. */
  get output(): string {
    return this.#output;
  }

  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Types keys without a line's end. */
  press(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Ends its input, as Ctrl-D does. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the exit code. @throws Error after a minute */
  exit(): Promise<number | null> {
    return within(this.#exited, `end of ${this.#child.spawnargs.join(" ")}`);
  }

  /** Resolves once this has been written. @throws Error after a minute */
  prints(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      // Made here, where it is called, so that its stack says by whom.
      const error = new Error(`${this.#child.spawnargs.join(" ")} did not print ${JSON.stringify(text)}`);
      const timer = setTimeout(() => {
        error.message += `, but:\n${stripVTControlCharacters(this.#output)}`;
        reject(error);
      }, HANG_MS);
      this.#onOutput = () => {
        if (!this.#output.includes(text)) return;
        clearTimeout(timer);
        this.#onOutput = () => {};
        resolve();
      };
      this.#onOutput();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGKILL");
    // Processes that it started may hold the pipes open.
    for (const stream of this.#child.stdio) stream?.destroy();
    await this.#exited;
  }
}
