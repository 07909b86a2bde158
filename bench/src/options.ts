import { join } from "node:path";
import { parseArgs } from "node:util";
import { resultsFolder } from "./paths.ts";
import { type Runtime, runtimes } from "./runtimes.ts";
import type { BenchOptions, Scenario } from "./scenario.ts";

const DEFAULTS = { seconds: "2", rounds: "2", listeners: "1000", out: resultsFolder };
/** Defaults of a short run. It does not overwrite the committed results. */
const SHORT = { seconds: "1", rounds: "1", listeners: "200", out: join(resultsFolder, ".tmp", "short") };

export interface Request {
  readonly scenarios: readonly Scenario[];
  readonly options: Omit<BenchOptions, "progress">;
  /** Profiles the server instead of measuring times. */
  readonly isProfile: boolean;
  /** Ends with an overview of all promises, and writes it to files. */
  readonly hasReport: boolean;
  /** The folder for results. */
  readonly out: string;
}

/** Reads the command line: the scenarios by name, or all if none is named. @throws Error that says what is wrong */
export function readRequest(args: readonly string[], known: readonly Scenario[]): Request {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: "string" },
      rounds: { type: "string" },
      listeners: { type: "string" },
      runtime: { type: "string", multiple: true, default: [...runtimes] },
      profile: { type: "boolean", default: false },
      out: { type: "string" },
      short: { type: "boolean", default: false },
      report: { type: "boolean", default: false },
      generator: { type: "string", default: "node" },
    },
  });
  const defaults = values.short ? SHORT : DEFAULTS;
  return {
    scenarios: positionals.length === 0 ? known : positionals.map((name) => find(name, known)),
    isProfile: values.profile,
    hasReport: values.report || positionals.length === 0,
    out: values.out ?? defaults.out,
    options: {
      seconds: toPositive(values.seconds ?? defaults.seconds, "--seconds"),
      rounds: toPositive(values.rounds ?? defaults.rounds, "--rounds"),
      listeners: toPositive(values.listeners ?? defaults.listeners, "--listeners"),
      runtimes: values.runtime.map((name) => toRuntime(name, "--runtime")),
      isShort: values.short,
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
  --seconds N     how long each measurement takes (${DEFAULTS.seconds}; short ${SHORT.seconds})
  --rounds N      how often each is repeated, what takes minutes a third as often (${DEFAULTS.rounds}; short ${SHORT.rounds})
  --listeners N   how many listen where one room has many (${DEFAULTS.listeners}; short ${SHORT.listeners})
  --runtime R     what the servers run on: ${runtimes.join(" or ")}; may be repeated (both)
  --generator R   what the load generator runs on (node)
  --report        ends with all promises, and writes latest.json and latest.html; so does a run of all scenarios
  --short         asks in some minutes whether everything works: its figures are none to keep
  --out FOLDER    where the results are written (bench/results; short bench/results/.tmp/short)
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
