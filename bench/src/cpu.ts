import { readdirSync, readFileSync } from "node:fs";

/** Linux reports CPU time to programs in hundredths of a second, whatever the kernel counts in. */
const TICKS_PER_SECOND = 100;
/** `utime` and `stime` among the fields that follow the program's name; see proc_pid_stat(5). */
const UTIME_FIELD = 11;
const STIME_FIELD = 12;

/** What Bun and Node name the threads of their workers. */
const WORKER_NAMES = new Set(["Worker", "WorkerThread"]);

/** CPU time, user and system, since a process began. */
export interface CpuTime {
  /** Of all its threads. */
  readonly processUs: number;
  /** Of the thread that runs its event loop. */
  readonly mainThreadUs: number;
  /** Of its worker threads; not of those that compile and collect garbage. */
  readonly workersUs: number;
}

/** Asks the operating system; null where there is no Linux `/proc`. */
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
