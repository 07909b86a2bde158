import { cpSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import { residentMiB } from "../../support/memory.ts";
import type { Runtime } from "../../support/runtimes.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../../support/server-process.ts";
import { type AttackOrder, type HonestOrder, type HonestReport, Side } from "./processes.ts";
import type { World } from "./world.ts";

const WARM_UP_MS = 3_000;
const MEMORY_INTERVAL_MS = 200;
const STOP_SIGNAL = "SIGTERM";
/** Places in `/proc/PID/stat` behind the name. */
const UTIME = 11;
const STIME = 12;

export interface AttackOptions {
  readonly runtime: Runtime;
  readonly attack: string;
  readonly world: World;
  readonly template: string;
  /** The number of times that quiet and attack follow each other. */
  readonly rounds: number;
  readonly quietMs: number;
  readonly attackMs: number;
}

export interface AttackReport {
  readonly attack: string;
  /** Medians over the rounds, in milliseconds. */
  readonly quiet: Times;
  readonly attacked: Times;
  /** The median of the rounds' ratios. */
  readonly ratio: number;
  /** The most memory before the first attack, the most from then on, and that after each round, in MiB. */
  readonly beforeMiB: number;
  readonly mostMiB: number;
  readonly afterMiB: readonly number[];
  /** Processor time that the server took in each second of quiet, and of attack: unlike times it knows no noise. */
  readonly quietCpu: number;
  readonly attackedCpu: number;
  readonly stopMs: number;
  readonly exitCode: number | null;
  readonly failures: readonly string[];
}

export interface Times {
  readonly sendP50: number;
  readonly sendP99: number;
  readonly sendMax: number;
  readonly readP50: number;
}

/** Makes an attack again and again, with quiet between, and measures what honest users notice of it. */
export async function measureAttack(options: AttackOptions): Promise<AttackReport> {
  const { runtime, attack, world, template, rounds, quietMs, attackMs } = options;
  const dataDir = temporaryFolder();
  cpSync(template, dataDir, { recursive: true });
  try {
    const env = {
      CONFAB_RATE_LIMITS: "true",
      CONFAB_MAX_STREAMS_PER_USER: "",
      CONFAB_TRUSTED_PROXIES: "127.0.0.0/8",
    };
    await using server = await startServerProcess({ runtime, dataDir, env });
    await using honest = new Side<HonestOrder>("honest");
    await using attacker = new Side<AttackOrder>("attacker");
    const target = { address: server.address, world };
    const memory = new Memory(server);
    await honest.ask({ kind: "start", target });
    await attacker.ask({ kind: "start", target, attack });
    const take = async (): Promise<HonestReport> => (await honest.ask({ kind: "take" })) as HonestReport;
    await after(WARM_UP_MS);
    await take();
    const quiet: HonestReport[] = [];
    const attacked: HonestReport[] = [];
    const cpu = { quiet: 0, attacked: 0 };
    const addCpu = async (phase: keyof typeof cpu, ms: number): Promise<void> => {
      const before = cpuSecondsOf(server);
      await after(ms);
      cpu[phase] += (cpuSecondsOf(server) - before) / ((rounds * ms) / 1_000);
    };
    for (let round = 0; round < rounds; round++) {
      await addCpu("quiet", quietMs);
      quiet.push(await take());
      memory.attack();
      await attacker.ask({ kind: "begin" });
      await addCpu("attacked", attackMs);
      attacked.push(await take());
      if (round === rounds - 1) break;
      await attacker.ask({ kind: "end" });
      // The end is no part of either.
      await after(WARM_UP_MS);
      memory.note();
      await take();
    }
    memory.stop();
    const stoppedAtMs = performance.now();
    const exitCode = await server.stop(STOP_SIGNAL);
    const stopMs = performance.now() - stoppedAtMs;
    const ratios = attacked.map(
      (report, round) => percentile(report.sendMs, 0.5) / percentile(quiet[round]?.sendMs ?? [], 0.5),
    );
    return {
      attack,
      quiet: timesOf(quiet),
      attacked: timesOf(attacked),
      ratio: percentile(ratios, 0.5),
      ...memory.report(),
      quietCpu: cpu.quiet,
      attackedCpu: cpu.attacked,
      stopMs,
      exitCode,
      failures: [...quiet, ...attacked].flatMap(({ failures }) => failures),
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Linux tells it in `/proc`, in hundredths of a second, of all threads of the process. */
function cpuSecondsOf({ process: { pid } }: ServerProcess): number {
  const [, afterName = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const fields = afterName.split(" ");
  return (Number(fields[UTIME]) + Number(fields[STIME])) / 100;
}

class Memory {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #before: number | null = null;
  #most = 0;
  readonly #after: number[] = [];

  constructor(server: ServerProcess) {
    this.#pid = server.process.pid ?? 0;
    this.#timer = setInterval(() => {
      this.#most = Math.max(this.#most, residentMiB(this.#pid));
    }, MEMORY_INTERVAL_MS);
  }

  /** An attack begins. */
  attack(): void {
    if (this.#before !== null) return;
    this.#before = this.#most;
    this.#most = 0;
  }

  note(): void {
    this.#after.push(residentMiB(this.#pid));
  }

  stop(): void {
    this.note();
    clearInterval(this.#timer);
  }

  report(): Pick<AttackReport, "beforeMiB" | "mostMiB" | "afterMiB"> {
    return { beforeMiB: this.#before ?? 0, mostMiB: this.#most, afterMiB: this.#after };
  }
}

function timesOf(reports: readonly HonestReport[]): Times {
  const median = (of: (report: HonestReport) => number): number => percentile(reports.map(of), 0.5);
  return {
    sendP50: median(({ sendMs }) => percentile(sendMs, 0.5)),
    sendP99: median(({ sendMs }) => percentile(sendMs, 0.99)),
    sendMax: Math.max(...reports.map(({ sendMs }) => percentile(sendMs, 1))),
    readP50: median(({ readMs }) => percentile(readMs, 0.5)),
  };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}
