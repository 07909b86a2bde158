import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { type Runtime, root, runtimeProgram } from "./runtimes.ts";
import { HANG_MS } from "./wait.ts";

const PROMPT = /New password for \S+: |The same again: /g;

/** The exit code and output of a `confab` command. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly runtime: Runtime;
  /** The command's `CONFAB_DATA_DIR`. */
  readonly dataDir: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

type Command = ChildProcessByStdio<Writable, Readable, Readable>;

/** Starts `confab` with these arguments. */
export function startCommand(args: readonly string[], options: CommandOptions): Command {
  const { program, script } = confabOn(options.runtime);
  const child = spawn(program, [script, ...args], { env: environment(options), stdio: "pipe" });
  // A command that is refused does not read what it is given.
  child.stdin.on("error", () => {});
  return child;
}

/** Runs `confab` with these arguments to its end. */
export async function runCommand(args: readonly string[], options: CommandOptions): Promise<Ended> {
  const child = startCommand(args, options);
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  child.stdin.end(options.stdin ?? "");
  const code = await endOf(child);
  return { code, stdout: stdout(), stderr: stderr() };
}

/** Gives the output of a command that succeeds. @throws AssertionError when it fails */
export async function succeed(command: Promise<Ended>): Promise<string> {
  const { code, stdout, stderr } = await command;
  assert.equal(code, 0, `it failed: ${stderr}`);
  return stdout;
}

/** The objects that a command prints with `--json`. */
export async function succeedWithJson(command: Promise<Ended>): Promise<readonly Record<string, unknown>[]> {
  const lines = (await succeed(command)).trimEnd().split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Record<string, unknown>);
}

/**
 * Runs `confab` on a pseudo-terminal, types one answer at each prompt for a password, and resolves with all
 * that the screen showed, the terminal's settings afterwards at its end.
 */
export async function runOnTerminal(
  args: readonly string[],
  answers: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { program, script } = confabOn(options.runtime);
  const line = `'${[program, script, ...args].join("' '")}'; stty -a`;
  const child = spawn("script", ["--quiet", "--command", line, "/dev/null"], {
    env: environment(options),
    stdio: "pipe",
  });
  const screen = textOf(child.stdout);
  let answered = 0;
  child.stdout.on("data", () => {
    const asked = screen().match(PROMPT)?.length ?? 0;
    if (asked > answered) child.stdin.write(answers[answered++] ?? "");
  });
  await endOf(child);
  return screen();
}

/** The id of the key that signed an access token. */
export function keyIdOf(accessToken: string): string {
  const [header = ""] = accessToken.split(".");
  return String(JSON.parse(Buffer.from(header, "base64url").toString()).kid);
}

function confabOn(runtime: Runtime): { program: string; script: string } {
  return { program: runtimeProgram(runtime), script: join(root, "packages/server/bin/confab.js") };
}

function environment({ dataDir, env }: CommandOptions): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("CONFAB_"));
  return { ...Object.fromEntries(own), CONFAB_DATA_DIR: dataDir, ...env };
}

function textOf(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

async function endOf(child: Command): Promise<number | null> {
  const timer = setTimeout(() => child.kill("SIGKILL"), HANG_MS);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  return code;
}
