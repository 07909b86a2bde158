import { describeMachine } from "./machine.ts";
import { type Request, readRequest, usage } from "./options.ts";
import { renderOverview, writeOverview } from "./overview.ts";
import { renderHead, renderProfile, renderResult, writeResult } from "./report.ts";
import type { ScenarioRun } from "./run.ts";
import type { BenchOptions, Scenario } from "./scenario.ts";
import { fanOutScenario } from "./scenarios/fan-out.ts";
import { getUser } from "./scenarios/get-user.ts";
import { history } from "./scenarios/history.ts";
import { idle } from "./scenarios/idle.ts";
import { login } from "./scenarios/login.ts";
import { resume } from "./scenarios/resume.ts";
import { rooms } from "./scenarios/rooms.ts";
import { scaling } from "./scenarios/scaling.ts";
import { send } from "./scenarios/send.ts";
import { slow } from "./scenarios/slow.ts";
import { storm } from "./scenarios/storm.ts";
import { stream } from "./scenarios/stream.ts";

const scenarios: readonly Scenario[] = [
  send,
  fanOutScenario,
  rooms,
  slow,
  idle,
  stream,
  storm,
  resume,
  history,
  getUser,
  login,
  scaling,
];

/** Scenarios that take minutes have this many times fewer rounds. */
const LONG_ONE_IN = 3;

const request = read(process.argv.slice(2));
if (request) await run(request);

function read(args: readonly string[]): Request | null {
  try {
    return readRequest(args, scenarios);
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n\n`);
    process.stderr.write(usage(scenarios));
    process.exitCode = 2;
    return null;
  }
}

async function run(asked: Request): Promise<void> {
  const options = { ...asked.options, progress: (line: string) => void process.stderr.write(`${line}\n`) };
  const machine = describeMachine();
  process.stdout.write(`${renderHead(machine)}\n`);
  if (asked.isProfile) {
    for (const scenario of asked.scenarios) await profile(scenario, options);
    return;
  }
  const runs: ScenarioRun[] = [];
  for (const scenario of asked.scenarios) {
    const measured = await runScenario(scenario, options);
    runs.push(measured);
    if (!measured.result) continue;
    process.stdout.write(`\n${renderResult(scenario, measured.result)}`);
    writeResult(scenario, measured.result, {
      machine,
      options: { ...options, rounds: measured.rounds },
      out: asked.out,
    });
  }
  if (!asked.hasReport) return;
  const whole = { date: new Date().toISOString().slice(0, 10), machine, options, scenarios: runs };
  writeOverview(whole, asked.out);
  process.stdout.write(`\n${renderOverview(whole)}`);
}

async function profile(scenario: Scenario, options: BenchOptions): Promise<void> {
  for (const each of await scenario.profile(options)) process.stdout.write(`\n${renderProfile(each)}`);
}

/** Reports a failed scenario without losing the figures of the others. */
async function runScenario(scenario: Scenario, options: BenchOptions): Promise<ScenarioRun> {
  const rounds = scenario.isLong ? Math.ceil(options.rounds / LONG_ONE_IN) : options.rounds;
  const startMs = performance.now();
  const took = () => ({ rounds, tookSeconds: Math.round((performance.now() - startMs) / 1_000) });
  try {
    const result = await scenario.run({ ...options, rounds });
    return { scenario, result, failure: "", ...took() };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    process.stderr.write(`bench: ${scenario.name} failed: ${failure}\n`);
    process.exitCode = 1;
    return { scenario, result: null, failure, ...took() };
  }
}
