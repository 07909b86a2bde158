import { describeMachine } from "./machine.ts";
import { type Request, readRequest, usage } from "./options.ts";
import { renderHead, renderProfile, renderResult, writeResult } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import { fanOutScenario } from "./scenarios/fan-out.ts";
import { getUser } from "./scenarios/get-user.ts";
import { history } from "./scenarios/history.ts";
import { idle } from "./scenarios/idle.ts";
import { resume } from "./scenarios/resume.ts";
import { send } from "./scenarios/send.ts";
import { signInTiming } from "./scenarios/sign-in.ts";
import { slow } from "./scenarios/slow.ts";
import { stream } from "./scenarios/stream.ts";

const scenarios: readonly Scenario[] = [
  send,
  fanOutScenario,
  slow,
  idle,
  stream,
  resume,
  history,
  getUser,
  signInTiming,
];

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

async function run({ scenarios: wanted, options: settings, isProfile }: Request): Promise<void> {
  const options = { ...settings, progress: (line: string) => void process.stderr.write(`${line}\n`) };
  const machine = describeMachine();
  process.stdout.write(`${renderHead(machine)}\n`);
  for (const scenario of wanted) {
    if (isProfile) {
      for (const profile of await scenario.profile(options))
        process.stdout.write(`\n${renderProfile(profile)}`);
      continue;
    }
    const result = await scenario.run(options);
    process.stdout.write(`\n${renderResult(scenario, result)}`);
    writeResult(scenario, machine, options, result);
  }
}
