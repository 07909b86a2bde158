import { setTimeout as pause } from "node:timers/promises";
import { type CpuTime, readCpu } from "../cpu.ts";
import { readMemory } from "../memory.ts";
import { type ProgramOptions, runToEnd } from "../processes.ts";

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The output of the listeners' program. */
interface Heard {
  /** Seconds until the last connection was open. */
  readonly openSeconds: number;
  /** Numbered messages that arrived before the connections were open. */
  readonly openingMessages: number;
  readonly seconds: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly bytes: number;
  /** Deliveries that had not arrived when the load ended. */
  readonly missing: number;
  /** Deliveries that were not the successor of the one before. */
  readonly disorder: number;
  readonly unanswered: number;
  readonly ownCpuUs: number;
  readonly deliveryMs: Percentiles;
  /** From sending a message to its last listener. */
  readonly lastMs: Percentiles;
  readonly answerMs: Percentiles;
}

/**
 * The program's output for one load, with the server's costs. Null means that the operating system doesn't report it.
 */
export interface ListenerMeasurement extends Heard {
  /** From before the first connection until half a second after the last is open. */
  readonly serverOpeningCpuUs: number | null;
  readonly serverCpuUs: number | null;
  readonly serverMainThreadUs: number | null;
  readonly serverWorkersUs: number | null;
  /** The server's memory growth when the listeners connected, in bytes. */
  readonly serverGrowthBytes: number | null;
}

/** Runs a program that listens. Reads the server's CPU time each time the program reports a new phase. */
export async function runListener(program: ProgramOptions, serverPid: number): Promise<ListenerMeasurement> {
  const memoryBefore = readMemory(serverPid);
  const cpu = new Map<string, CpuTime | null>([["started", readCpu(serverPid)]]);
  let memory: number | null = null;
  const output = await runToEnd(program, (phase) => {
    if (phase.startsWith("{")) return;
    cpu.set(phase, readCpu(serverPid));
    if (phase === "opened") memory = readMemory(serverPid);
  });
  const heard = JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") as Heard;
  // Lets the server finish closing all connections before the next load begins.
  await pause(500);
  return {
    ...heard,
    serverOpeningCpuUs: between("started", "opened", "processUs"),
    serverCpuUs: between("measuring", "measured", "processUs"),
    serverMainThreadUs: between("measuring", "measured", "mainThreadUs"),
    serverWorkersUs: between("measuring", "measured", "workersUs"),
    serverGrowthBytes: memory !== null && memoryBefore !== null ? memory - memoryBefore : null,
  };

  function between(first: string, second: string, of: keyof CpuTime): number | null {
    const before = cpu.get(first);
    const after = cpu.get(second);
    return before && after ? after[of] - before[of] : null;
  }
}
