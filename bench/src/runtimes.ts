import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** What runs a server: each from its npm package, whatever the machine has. */
export const runtimes = ["bun", "node"] as const;
export type Runtime = (typeof runtimes)[number];

export function runtimeProgram(runtime: Runtime): string {
  return require.resolve(runtime === "bun" ? "bun/bin/bun.exe" : "node/bin/node");
}

export function runtimeVersion(runtime: Runtime): string {
  return execFileSync(runtimeProgram(runtime), ["--version"], { encoding: "utf8" }).trim();
}
