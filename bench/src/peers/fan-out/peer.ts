import type { FanOutProtocol } from "../../load/fan-out.ts";
import type { ServerProcess } from "../../processes.ts";
import type { Runtime } from "../../runtimes.ts";

interface StartOptions {
  /** The runtime, for peers that have one. */
  readonly runtime: Runtime;
  /** An empty folder on a disk, for this process only. */
  readonly folder: string;
  /** Options of the runtime itself. */
  readonly runtimeOptions?: readonly string[];
}

/** A server with one room, and the protocol to talk to it. */
export interface Room extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly protocol: FanOutProtocol;
}

/** A server that delivers each message to many listeners. */
export interface FanOutPeer {
  readonly name: string;
  /** True if it runs on each of the runtimes; else it is a program of its own. */
  readonly hasRuntimes: boolean;
  /** Work that Confab does for each message and this peer does not; empty if none. */
  readonly omits: string;
  /** The most listeners to measure it with. Default: no limit. */
  readonly maxListeners?: number;
  /** The rates at which it can be measured. Default: all. */
  readonly rates?: readonly number[];
  /** True if each load needs a new process, because it forgets departed listeners slowly and keeps their places. */
  readonly needsNewProcess?: boolean;
  /** Returns the reason why it can't be measured here; null if it can. */
  missing(): string | null;
  start(options: StartOptions): Promise<Room>;
}
