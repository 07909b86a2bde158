import { join } from "node:path";
import { root } from "../paths.ts";
import type { ServerProcess } from "../processes.ts";
import { startServer } from "../processes.ts";
import type { Runtime } from "../runtimes.ts";
import { type AccountMetadata, ConfabClient } from "./client.ts";

export interface ConfabOptions {
  readonly runtime: Runtime;
  readonly dataFolder: string;
  /** Options of the runtime itself. */
  readonly runtimeOptions?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `confab serve` with its defaults, on free ports. One user may open as many streams as a load needs. */
export function startConfab({
  runtime,
  dataFolder,
  runtimeOptions = [],
  env = {},
}: ConfabOptions): Promise<ServerProcess> {
  return startServer({
    runtime,
    args: [...runtimeOptions, join(root, "packages/server/bin/confab.js"), "serve"],
    env: {
      CONFAB_MAX_STREAMS_PER_USER: "1000000",
      CONFAB_WEB_PORT: "0",
      ...env,
      CONFAB_GRPC_PORT: "0",
      CONFAB_DATA_DIR: dataFolder,
    },
  });
}

/** Registers an account and signs in. Resolves with the metadata for its calls. */
export async function signIn(port: number, name: string): Promise<AccountMetadata> {
  using client = new ConfabClient(port);
  const { metadata } = await client.register(name);
  return metadata;
}
