import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The command's file. */
export const confab = fileURLToPath(new URL("../../../server/bin/confab.js", import.meta.url));

/** `confab serve` in a process of its own, which can be stopped and started again at the same address. */
export class ServerProcess implements AsyncDisposable {
  readonly #dataDir = mkdtempSync(join(tmpdir(), "confab-web-test-"));
  #webPort = "0";
  #grpcPort = "0";
  #stop: (() => Promise<void>) | null = null;

  /** The address of the page. */
  get address(): string {
    return `http://127.0.0.1:${this.#webPort}`;
  }

  /** The address for clients that speak gRPC. */
  get grpcAddress(): string {
    return `127.0.0.1:${this.#grpcPort}`;
  }

  /** Resolves when the server listens. @throws Error if it does not start */
  async start(): Promise<void> {
    const env = { ...this.#env(), CONFAB_GRPC_PORT: this.#grpcPort, CONFAB_WEB_PORT: this.#webPort };
    const child = spawn(process.execPath, [confab, "serve"], { env, stdio: ["ignore", "pipe", "ignore"] });
    const exited = once(child, "exit");
    this.#stop = async () => {
      child.kill("SIGTERM");
      await exited;
    };
    for await (const line of createInterface({ input: child.stdout })) {
      const [, protocol, port] = /^(gRPC|HTTP) listening on .*:(\d+)$/.exec(line) ?? [];
      if (port === undefined) continue;
      if (protocol === "gRPC") this.#grpcPort = port;
      if (protocol !== "HTTP") continue;
      this.#webPort = port;
      child.stdout.resume();
      return;
    }
    throw new Error("the server did not start");
  }

  /** Runs a command of the operator beside the server. @throws Error if it fails */
  async operate(...args: readonly string[]): Promise<void> {
    await promisify(execFile)(process.execPath, [confab, ...args], { env: this.#env() });
  }

  /** Stops the server as an operator does. */
  async stop(): Promise<void> {
    await this.#stop?.();
    this.#stop = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  /** This process's environment without settings of Confab, but for the data folder. */
  #env(): NodeJS.ProcessEnv {
    const others = Object.entries(process.env).filter(([name]) => !name.startsWith("CONFAB_"));
    return { ...Object.fromEntries(others), CONFAB_DATA_DIR: this.#dataDir };
  }
}
