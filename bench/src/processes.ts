import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { type Runtime, runtimeProgram } from "./runtimes.ts";

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 15_000;
const RETRY_MS = 50;

export type ProgramOptions = ({ readonly runtime: Runtime } | { readonly program: string }) & {
  /** The program's arguments. With a runtime, the runtime's options and the program come first. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The program's standard input. */
  readonly input?: string;
};

/** A server in its own process. Disposing of it asks it to stop, and makes sure that it does. */
export interface ServerProcess extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
}

/** When the bench ends, for whatever reason, it ends these processes and no others. */
const children = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/**
 * Starts a server and resolves once it has printed `… listening on …:port`. @throws Error with its log if it doesn't
 */
export async function startServer(options: ProgramOptions): Promise<ServerProcess> {
  const child = start(options);
  return serving(child, readPort(child));
}

/**
 * Starts a server that does not print its port. Resolves once it accepts connections there. @throws Error if it doesn't
 */
export async function startServerOn(port: number, options: ProgramOptions): Promise<ServerProcess> {
  const child = start(options);
  child.stdout?.resume();
  child.stderr?.resume();
  return serving(child, untilConnected(port));
}

async function serving(child: ChildProcess, started: Promise<number>): Promise<ServerProcess> {
  const exited = once(child, "exit");
  const port = await started.catch((error: unknown) => {
    child.kill("SIGKILL");
    throw error;
  });
  return {
    pid: child.pid ?? 0,
    port,
    async [Symbol.asyncDispose]() {
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      child.kill("SIGTERM");
      await exited;
      clearTimeout(timer);
    },
  };
}

/**
 * Runs a program that ends by itself. Resolves with its output; calls `onLine` for each line as it arrives.
 * @throws Error with its log when it fails
 */
export async function runToEnd(options: ProgramOptions, onLine?: (line: string) => void): Promise<string> {
  const child = start(options);
  const output = collect(child.stdout);
  const log = collect(child.stderr);
  if (onLine && child.stdout) createInterface({ input: child.stdout }).on("line", onLine);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`a program of the bench ended with ${String(code)}:\n${log()}`);
  return output();
}

function start({ args, env = {}, input, ...what }: ProgramOptions): ChildProcess {
  const program = "program" in what ? what.program : runtimeProgram(what.runtime);
  const child = spawn(program, args, {
    env: { ...withoutSettings(process.env), ...env },
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  // A program that fails early may not read its input. Its exit code shows the failure.
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

/** The bench measures the defaults, so settings of this shell must not leak in. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("CONFAB_")));
}

async function readPort(child: ChildProcess): Promise<number> {
  const log = collect(child.stderr);
  if (!child.stdout) throw new Error("the program has no output");
  const lines = createInterface({ input: child.stdout, signal: AbortSignal.timeout(START_TIMEOUT_MS) });
  for await (const line of lines) {
    const port = Number(/listening on .*:(\d+)$/.exec(line)?.[1]);
    if (port > 0) {
      child.stdout.resume();
      return port;
    }
  }
  throw new Error(`a server did not start:\n${log()}`);
}

async function untilConnected(port: number): Promise<number> {
  const deadline = AbortSignal.timeout(START_TIMEOUT_MS);
  for (;;) {
    deadline.throwIfAborted();
    const socket = connect({ port, host: "127.0.0.1" });
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return port;
    await pause(RETRY_MS, undefined, { signal: deadline });
  }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
