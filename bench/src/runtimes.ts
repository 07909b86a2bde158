import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** A server's runtimes. Each comes from its npm package, not from the machine. */
export const runtimes = ["bun", "node"] as const;
export type Runtime = (typeof runtimes)[number];

export function runtimeProgram(runtime: Runtime): string {
  return require.resolve(runtime === "bun" ? "bun/bin/bun.exe" : "node/bin/node");
}

export function runtimeVersion(runtime: Runtime): string {
  return execFileSync(runtimeProgram(runtime), ["--version"], { encoding: "utf8" }).trim();
}
