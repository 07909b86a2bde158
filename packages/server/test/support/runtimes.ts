import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root = fileURLToPath(new URL("../../../../", import.meta.url));

const require = createRequire(import.meta.url);

/** The runtimes that the service supports, each from its npm package. Suites run against a process on each. */
export const runtimes = ["bun", "node"] as const;
export type Runtime = (typeof runtimes)[number];

/** The program that runs JavaScript on this runtime. */
export function runtimeProgram(runtime: Runtime): string {
  const binary = runtime === "bun" ? "bun/bin/bun.exe" : "node/bin/node";
  return require.resolve(binary);
}

/** The version that runs, for the heads of reports. */
export function runtimeVersion(runtime: Runtime): string {
  return execFileSync(runtimeProgram(runtime), ["--version"], { encoding: "utf8" }).trim();
}
