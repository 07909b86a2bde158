import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { findProgram } from "./native.ts";
import { findEjabberd } from "./peers/fan-out/ejabberd.ts";
import { runtimes, runtimeVersion } from "./runtimes.ts";

const require = createRequire(import.meta.url);
const BYTES_PER_GIB = 2 ** 30;

/** The machine behind the figures. Compare figures only within one run. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly versions: Readonly<Record<string, string>>;
}

export function describeMachine(): Machine {
  const ejabberd = findEjabberd();
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / BYTES_PER_GIB),
    kernel: `${type()} ${release()}`,
    versions: {
      ...Object.fromEntries(runtimes.map((runtime) => [runtime, runtimeVersion(runtime)])),
      "@grpc/grpc-js": packageVersion("@grpc/grpc-js"),
      "socket.io": packageVersion("socket.io"),
      ...installed("nats-server", "--version"),
      ...installed("redis-server", "--version"),
      ...installed("mosquitto", "-h"),
      ...(ejabberd && { ejabberd: ejabberd.version }),
      ...installed("gcc", "--version"),
    },
  };
}

/** Asks an installed program for its version. */
function installed(name: string, option: string): Readonly<Record<string, string>> {
  const path = findProgram(name);
  if (!path) return {};
  const { stdout } = spawnSync(path, [option], { encoding: "utf8" });
  return { [name]: /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? "unknown" };
}

function packageVersion(name: string): string {
  const { version } = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")) as {
    version: string;
  };
  return version;
}
