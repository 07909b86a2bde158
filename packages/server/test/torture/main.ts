/** `npm run torture`: what the tests do shortly, for long. Prints tables; exits with 1 when something is wrong. */
import { play } from "../model/play.ts";
import { moveIn } from "../model/stage.ts";
import { type Runtime, runtimes, runtimeVersion } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { attackAll } from "./attacks/run.ts";
import { type CrashRound, crashAgainAndAgain } from "./crash.ts";
import { crashUnderStreams } from "./crash-rooms.ts";
import { chooseSeed, seededRandom } from "./random.ts";
import { manyWhoStop, oneAmongMany, type SlowReaderReport } from "./slow-readers.ts";

const ROUNDS = 20;
const LISTENERS = 1_000;
const PHASE_MS = 60_000;
const PLANS = 200;
const STEPS = 300;

const problems: string[] = [];
for (const runtime of runtimes) {
  print(`\n${runtime} ${runtimeVersion(runtime)}`);
  await crash(runtime);
  await crashStreams(runtime);
  await playAtRandom(runtime);
  const options = { runtime, listeners: LISTENERS, phaseMs: PHASE_MS };
  print(`\n  ${LISTENERS} listeners, 10 messages of 4 KiB a second, ${PHASE_MS / 1_000} s each`);
  show(await oneAmongMany(options));
  print("\n  10 listeners and 100 who stop reading, 200 messages of 16 KiB a second");
  show(await manyWhoStop(options));
}
await attackAgain();
print(problems.length === 0 ? "\nall is well" : `\n${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function crash(runtime: Runtime): Promise<void> {
  const seed = chooseSeed();
  print(`\n  kill -9 in the middle of 500 sends a second; CONFAB_TEST_SEED=${seed}`);
  row(["round", "start ms", "life ms", "sent", "acked", "stored", "heard"]);
  await crashAgainAndAgain({
    runtime,
    rounds: ROUNDS,
    random: seededRandom(seed),
    onRound(round: CrashRound) {
      row([
        round.round,
        round.startMs,
        round.lifeMs,
        round.sent,
        round.acknowledged,
        round.stored,
        round.heard,
      ]);
      note(round.problems);
    },
  });
}

async function crashStreams(runtime: Runtime): Promise<void> {
  const seed = chooseSeed();
  print(`\n  kill -9 under live streams that go on where they were; CONFAB_TEST_SEED=${seed}`);
  const report = await crashUnderStreams({ runtime, rounds: ROUNDS, random: seededRandom(seed) });
  row(["lives", "sent", "stored", "repeats"]);
  row([ROUNDS, report.sent, report.stored, report.recognised]);
  note(report.problems);
}

async function playAtRandom(runtime: Runtime): Promise<void> {
  const seed = chooseSeed();
  print(`\n  ${PLANS} times up to ${STEPS} things that people do, against a model; CONFAB_TEST_SEED=${seed}`);
  await using server = await startServerProcess({ runtime });
  const played = play({ runs: PLANS, maxSteps: STEPS, seed }, () => moveIn(server));
  await played.catch((error: unknown) => note([String(error)]));
}

/** All attacks on both runtimes; `CONFAB_TEST_ATTACKS` chooses some by a part of their names. */
async function attackAgain(): Promise<void> {
  print(
    "\n  attacks at the default limits: ms of an honest send, and the server's CPU, before and during each",
  );
  row([
    ...["runtime", "quiet p50", "p99", "attack p50", "p99", "ratio"],
    ...["quiet CPU", "attack CPU", "MiB before", "most", "stop ms"],
  ]);
  const only = process.env.CONFAB_TEST_ATTACKS ?? "";
  for await (const { runtime, report, problems: found } of attackAll(only)) {
    print(`  ${report.attack}`);
    const { quiet, attacked, ratio, quietCpu, attackedCpu, beforeMiB, mostMiB, stopMs } = report;
    const all = [
      quiet.sendP50,
      quiet.sendP99,
      attacked.sendP50,
      attacked.sendP99,
      ratio,
      quietCpu,
      attackedCpu,
    ];
    const times = all.map((value) => value.toFixed(2));
    row([runtime, ...times, beforeMiB, mostMiB, Math.round(stopMs)]);
    note(found);
  }
}

function show(report: SlowReaderReport): void {
  row(["phase", "p50 ms", "p90 ms", "p99 ms", "MiB before", "MiB most"]);
  for (const { name, p50Ms, p90Ms, p99Ms, beforeMiB, mostMiB } of report.phases) {
    row([name, p50Ms, p90Ms, p99Ms, beforeMiB, mostMiB]);
  }
  note(report.problems);
}

function note(found: readonly string[]): void {
  problems.push(...found);
  for (const problem of found.slice(0, 10)) print(`  WRONG: ${problem}`);
}

function row(cells: readonly (string | number)[]): void {
  print(
    `  ${cells.map((cell, index) => (index === 0 ? String(cell).padEnd(16) : String(cell).padStart(11))).join("")}`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
