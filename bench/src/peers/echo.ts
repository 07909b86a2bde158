import { ownProgram } from "../paths.ts";
import { type ServerProcess, startServer } from "../processes.ts";
import type { Runtime } from "../runtimes.ts";

export interface EchoOptions {
  readonly runtime: Runtime;
  /** Options of the runtime itself. */
  readonly runtimeOptions?: readonly string[];
}

/** Starts a bare grpc-js server that answers `/Echo/Echo` with the request's bytes and stores nothing. */
export function startEcho({ runtime, runtimeOptions = [] }: EchoOptions): Promise<ServerProcess> {
  return startServer({ runtime, args: [...runtimeOptions, ownProgram("peers/echo-server")] });
}
