import type { FanOutProtocol } from "../../load/fan-out.ts";
import type { ServerProcess } from "../../processes.ts";
import type { Runtime } from "../../runtimes.ts";

export interface StartOptions {
  /** What it runs on, where it is a program of a runtime. */
  readonly runtime: Runtime;
  /** An empty folder of its own on a disk. */
  readonly folder: string;
  /** Options of the runtime itself. */
  readonly runtimeOptions?: readonly string[];
}

/** A server with one room, and how to speak with it. */
export interface Room extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly protocol: FanOutProtocol;
}

/** A server that hands messages to many. */
export interface FanOutPeer {
  readonly name: string;
  /** Whether it runs on each of the runtimes; else it is a program of its own. */
  readonly hasRuntimes: boolean;
  /** What Confab does for each message and this does not; empty when nothing. */
  readonly omits: string;
  /** How many listeners it is measured with at most; any number when it is left out. */
  readonly maxListeners?: number;
  /** Whether each load needs a new process: it takes long to forget who was there, and lets nobody take their place. */
  readonly startsAnew?: boolean;
  /** Why it can't be measured here; null when it can. */
  missing(): string | null;
  start(options: StartOptions): Promise<Room>;
}
