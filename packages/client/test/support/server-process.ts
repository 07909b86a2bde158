import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const START_TIMEOUT_MS = 20_000;
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const require = createRequire(import.meta.url);

/** A Confab server in a process of its own, which can be killed and started again with the same data. */
export class ServerProcess implements AsyncDisposable {
  readonly dataDir = mkdtempSync(join(tmpdir(), "confab-client-test-"));
  readonly #settings: Readonly<Record<string, string>>;
  #process: ChildProcess | null = null;
  #address = "";

  /** Settings beside the ports, which are free ones, and the data folder. */
  constructor(settings: Readonly<Record<string, string>> = {}) {
    this.#settings = settings;
  }

  /** Where it listens; another port after each start. */
  get address(): string {
    return this.#address;
  }

  /** Resolves once it listens. @throws Error with its log when it doesn't */
  async start(): Promise<void> {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith("CONFAB_")),
    );
    const program = require.resolve("bun/bin/bun.exe");
    const child = spawn(program, [join(root, "packages/server/bin/confab.js"), "serve"], {
      env: {
        ...env,
        CONFAB_GRPC_PORT: "0",
        CONFAB_WEB_PORT: "0",
        CONFAB_DATA_DIR: this.dataDir,
        ...this.#settings,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    let log = "";
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      log += chunk;
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        const port = /^gRPC listening on .*:(\d+)$/.exec(line)?.[1];
        if (port === undefined) continue;
        this.#address = `127.0.0.1:${port}`;
        child.stdout.resume();
        return;
      }
    } finally {
      clearTimeout(timer);
    }
    throw new Error(`the server did not start\n${log}`);
  }

  /** Ends it by the signal, and resolves when it is gone. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
