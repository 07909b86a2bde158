import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isOverWeb } from "./test-server.ts";
import { HANG_MS } from "./wait.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const require = createRequire(import.meta.url);

/** A Confab server in its own process, which a test can kill and start again with the same data. */
export class ServerProcess implements AsyncDisposable {
  readonly dataDir = mkdtempSync(join(tmpdir(), "confab-client-test-"));
  readonly #settings: Readonly<Record<string, string>>;
  readonly #listening = isOverWeb ? /^HTTP listening on .*:(\d+)$/ : /^gRPC listening on .*:(\d+)$/;
  #process: ChildProcess | null = null;
  #address = "";

  /** `settings` are added to the data folder and to free ports. */
  constructor(settings: Readonly<Record<string, string>> = {}) {
    this.#settings = settings;
  }

  /** The server's address, for the transport under test; the port changes with each start. */
  get address(): string {
    return this.#address;
  }

  /** Resolves once the server listens. @throws Error with its log after a minute */
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
    const timer = setTimeout(() => child.kill("SIGKILL"), HANG_MS);
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        const port = this.#listening.exec(line)?.[1];
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

  /** Sends the signal, and resolves when the process has exited. */
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
