import { readdirSync, readFileSync } from "node:fs";

/** Linux reports CPU time to programs in hundredths of a second, whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;
/** Positions of `utime` and `stime` among the fields after the program's name; see proc_pid_stat(5). */
const UTIME_FIELD = 11;
const STIME_FIELD = 12;

/** The names that Bun and Node give their worker threads. */
const WORKER_NAMES = new Set(["Worker", "WorkerThread"]);

/** CPU time, user and system, since the process started. */
export interface CpuTime {
  /** All threads. */
  readonly processUs: number;
  /** The thread that runs the event loop. */
  readonly mainThreadUs: number;
  /** The worker threads, without those that compile or collect garbage. */
  readonly workersUs: number;
}

/** Reads a process's CPU time from Linux's `/proc`; null without it. */
export function readCpu(pid: number): CpuTime | null {
  try {
    return {
      processUs: readStat(`/proc/${pid}/stat`),
      mainThreadUs: readStat(`/proc/${pid}/task/${pid}/stat`),
      workersUs: readWorkers(`/proc/${pid}/task`),
    };
  } catch {
    return null;
  }
}

function readWorkers(tasks: string): number {
  return readdirSync(tasks)
    .filter((task) => WORKER_NAMES.has(readFileSync(`${tasks}/${task}/comm`, "utf8").trim()))
    .reduce((sumUs, task) => sumUs + readStat(`${tasks}/${task}/stat`), 0);
}

function readStat(path: string): number {
  const text = readFileSync(path, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[UTIME_FIELD]) + Number(fields[STIME_FIELD])) * 1e6) / TICKS_PER_SECOND;
}
