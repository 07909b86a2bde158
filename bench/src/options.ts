import { parseArgs } from "node:util";
import { type Runtime, runtimes } from "./runtimes.ts";
import type { BenchOptions, Scenario } from "./scenario.ts";

const DEFAULT_SECONDS = 4;
const DEFAULT_ROUNDS = 5;
const DEFAULT_LISTENERS = 1_000;

export interface Request {
  readonly scenarios: readonly Scenario[];
  readonly options: Omit<BenchOptions, "progress">;
  /** Asks where the time goes, not how long it takes. */
  readonly isProfile: boolean;
}

/** What the command line asks for: the scenarios by name, all when none is named. @throws Error that says what is wrong */
export function readRequest(args: readonly string[], known: readonly Scenario[]): Request {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: "string", default: String(DEFAULT_SECONDS) },
      rounds: { type: "string", default: String(DEFAULT_ROUNDS) },
      listeners: { type: "string", default: String(DEFAULT_LISTENERS) },
      runtime: { type: "string", multiple: true, default: [...runtimes] },
      profile: { type: "boolean", default: false },
      generator: { type: "string", default: "node" },
    },
  });
  return {
    scenarios: positionals.length === 0 ? known : positionals.map((name) => find(name, known)),
    isProfile: values.profile,
    options: {
      seconds: toPositive(values.seconds, "--seconds"),
      rounds: toPositive(values.rounds, "--rounds"),
      listeners: toPositive(values.listeners, "--listeners"),
      runtimes: values.runtime.map((name) => toRuntime(name, "--runtime")),
      generatorRuntime: toRuntime(values.generator, "--generator"),
    },
  };
}

export function usage(known: readonly Scenario[]): string {
  const names = known.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`);
  return `npm run bench -- [scenario …] [options]

Scenarios (all when none is named):
${names.join("\n")}

Options:
  --seconds N     how long each measurement takes (${DEFAULT_SECONDS})
  --rounds N      how often each is repeated (${DEFAULT_ROUNDS})
  --listeners N   how many listen where one room has many (${DEFAULT_LISTENERS})
  --runtime R     what the servers run on: ${runtimes.join(" or ")}; may be repeated (both)
  --generator R   what the load generator runs on (node)
  --profile       shows where the servers' time goes; measures nothing
`;
}

function find(name: string, known: readonly Scenario[]): Scenario {
  const scenario = known.find((each) => each.name === name);
  if (!scenario) throw new Error(`there is no scenario "${name}"`);
  return scenario;
}

function toRuntime(name: string, option: string): Runtime {
  const runtime = runtimes.find((each) => each === name);
  if (!runtime) throw new Error(`${option} must be ${runtimes.join(" or ")}, not "${name}"`);
  return runtime;
}

function toPositive(text: string, option: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${option} must be a number above 0, not "${text}"`);
  return value;
}
