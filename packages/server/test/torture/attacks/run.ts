import { rmSync } from "node:fs";
import { type Runtime, runtimes } from "../../support/runtimes.ts";
import { temporaryFolder } from "../../support/server-process.ts";
import { attacks } from "./attacks.ts";
import { type AttackReport, measureAttack } from "./measure.ts";
import { buildWorld } from "./world.ts";

const SIZE = { hall: 60_000, heaps: [20_000, 5_000, 5_000], regulars: [5_000, 1_000, 1_000] };
const PHASES = { rounds: 2, quietMs: 4_000, attackMs: 8_000 };
/** An honest send may take this many times as long as in quiet. The p99 has no limit: it is the machine's. */
const MAX_RATIO = 3;
/** So much no one notices, and a busy machine adds it. */
const UNNOTICEABLE_MS = 10;
const MAX_GROWTH_MIB = 64;
const MAX_STOP_MS = 10_000;

interface Attacked {
  readonly runtime: Runtime;
  readonly report: AttackReport;
  readonly problems: readonly string[];
}

/** Makes the attacks whose names have this part, on both runtimes, each on a new server. */
export async function* attackAll(part: string): AsyncGenerator<Attacked> {
  const template = temporaryFolder();
  try {
    const world = await buildWorld(template, SIZE);
    for (const { name } of attacks.filter((attack) => attack.name.includes(part))) {
      for (const runtime of runtimes) {
        const report = await measureAttack({ runtime, attack: name, world, template, ...PHASES });
        yield { runtime, report, problems: problemsOf(report) };
      }
    }
  } finally {
    rmSync(template, { recursive: true, force: true });
  }
}

function problemsOf(report: AttackReport): readonly string[] {
  const { attack, quiet, attacked, ratio, beforeMiB, mostMiB, stopMs, exitCode, failures } = report;
  const problems: string[] = [];
  if (ratio > MAX_RATIO && attacked.sendP50 - quiet.sendP50 > UNNOTICEABLE_MS) {
    problems.push(`sends took ${ratio.toFixed(1)} times as long`);
  }
  if (mostMiB - beforeMiB > MAX_GROWTH_MIB) problems.push(`memory rose from ${beforeMiB} to ${mostMiB} MiB`);
  if (exitCode !== 0 || stopMs > MAX_STOP_MS)
    problems.push(`it stopped with ${exitCode} after ${Math.round(stopMs)} ms`);
  if (failures.length > 0)
    problems.push(`${failures.length} honest calls failed, the first with ${failures[0]}`);
  return problems.map((problem) => `${attack}: ${problem}`);
}
