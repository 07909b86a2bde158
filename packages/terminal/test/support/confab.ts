import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The command, as Node runs it. */
export const confab = [
  process.execPath,
  fileURLToPath(new URL("../../../server/bin/confab.js", import.meta.url)),
];

/** This process's environment without settings of Confab. */
export function cleanEnv(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith("CONFAB_"));
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? ""]));
}

/** A server in a process of its own, which can be killed and started again at the same place. */
export interface ServerProcess extends AsyncDisposable {
  readonly address: string;
  stop(signal: NodeJS.Signals): Promise<void>;
}

/** Starts `confab serve`, and resolves when it listens. */
export async function startServer(dataDir: string, port = "0"): Promise<ServerProcess> {
  const [node = "", script = ""] = confab;
  const env = { ...cleanEnv(), CONFAB_GRPC_PORT: port, CONFAB_WEB_PORT: "0", CONFAB_DATA_DIR: dataDir };
  const child = spawn(node, [script, "serve"], { env, stdio: ["ignore", "pipe", "ignore"] });
  const exited = once(child, "exit");
  const address = await Promise.race([
    listeningAddress(child),
    exited.then(() => Promise.reject(new Error("the server did not start"))),
  ]);
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  return { address, stop, [Symbol.asyncDispose]: () => stop("SIGKILL") };
}

async function listeningAddress(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("no output");
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /^gRPC listening on (\S+)$/.exec(line)?.[1];
    if (address) return address;
  }
  throw new Error("the server does not listen");
}
