import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { databaseOf, dropDatabaseOf } from "./postgres.ts";
import { type Runtime, root, runtimeProgram } from "./runtimes.ts";
import { HANG_MS, within } from "./wait.ts";

export interface ServerProcessOptions {
  readonly runtime: Runtime;
  /** Default: a new temporary folder, removed on disposal. */
  readonly dataDir?: string;
  /** Settings beside the ports, which are free ones, and the data folder. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder of the server's package. Default: the one of this repository. */
  readonly packageFolder?: string;
  /** A program and its arguments that run the server, for example `strace`. */
  readonly under?: readonly string[];
}

/** A Confab server in a process of its own, as `confab serve` starts it. */
export interface ServerProcess extends AsyncDisposable {
  readonly address: string;
  readonly webPort: number;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** Everything it has written to standard error so far. */
  readonly log: () => string;
  /** Everything it has written to standard output so far. */
  readonly output: () => string;
  /** Sends a signal and resolves with the exit code (null when the signal killed it). */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts a server and resolves once it listens. @throws Error with its log when it doesn't */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const dataDir = options.dataDir ?? temporaryFolder();
  const database = await databaseOf(dataDir);
  const env = { ...(database && { CONFAB_DATABASE_URL: database }), ...options.env };
  const child = spawnServer({ ...options, env }, dataDir);
  let log = "";
  let output = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    log += chunk;
  });
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  const exited = once(child, "exit").then(([code]) => code as number | null);

  const ports = await readPorts(child, exited).catch((error: unknown) => {
    child.kill("SIGKILL");
    throw new Error(`the server did not start: ${String(error)}\n${log}`);
  });
  return {
    address: `127.0.0.1:${ports.grpc}`,
    webPort: ports.web,
    dataDir,
    process: child,
    log: () => log,
    output: () => output,
    async stop(signal) {
      child.kill(signal);
      return exited;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await exited;
      if (options.dataDir) return;
      rmSync(dataDir, { recursive: true, force: true });
      await dropDatabaseOf(dataDir);
    },
  };
}

/** Runs `confab serve` to its end, for starts that fail. */
export async function runServerToExit(
  options: ServerProcessOptions & { dataDir: string },
): Promise<{ code: number | null; stderr: string }> {
  const child = spawnServer(options, options.dataDir);
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), HANG_MS);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  return { code, stderr };
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "confab-test-"));
}

function spawnServer(options: ServerProcessOptions, dataDir: string): ChildProcess {
  const { runtime, env, packageFolder = join(root, "packages/server"), under = [] } = options;
  const command = [...under, runtimeProgram(runtime), join(packageFolder, "bin/confab.js"), "serve"];
  const [program = "", ...args] = command;
  return spawn(program, args, {
    env: {
      ...withoutSettings(process.env),
      CONFAB_GRPC_PORT: "0",
      CONFAB_WEB_PORT: "0",
      CONFAB_DATA_DIR: dataDir,
      // Loads and crowds open many as one user; the tests of this bound set it back.
      CONFAB_MAX_STREAMS_PER_USER: "100000",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("CONFAB_")));
}

async function readPorts(
  child: ChildProcess,
  exited: Promise<unknown>,
): Promise<{ grpc: number; web: number }> {
  if (!child.stdout) throw new Error("no standard output");
  const lines = createInterface({ input: child.stdout });
  const listening = new Promise<{ grpc: number; web: number }>((resolve) => {
    let grpc = 0;
    lines.on("line", (line) => {
      const port = Number(/listening on .*:(\d+)$/.exec(line)?.[1]);
      if (line.startsWith("gRPC")) grpc = port;
      if (line.startsWith("HTTP")) resolve({ grpc, web: port });
    });
  });
  const early = exited.then((code) => Promise.reject(new Error(`it exited with ${String(code)}`)));
  early.catch(() => {});
  return within(Promise.race([listening, early]), "line that says where it listens");
}
