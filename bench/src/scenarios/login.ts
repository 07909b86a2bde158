import { join } from "node:path";
import { makeDataFolder } from "../disk.ts";
import { ConfabClient } from "../peers/client.ts";
import { startConfab } from "../peers/confab.ts";
import type { Runtime } from "../runtimes.ts";
import type { BenchOptions, Scenario } from "../scenario.ts";
import { median, significant } from "../statistics.ts";
import { atMost } from "../targets.ts";
import {
  ASKING_AT_ONCE,
  askAlone,
  askDuringSignIns,
  type CallFigure,
  DEVICES,
  type LoginStage,
  renew,
  SIGN_INS_AT_ONCE,
  signInAsGuest,
  signInWithPassword,
} from "./login-loads.ts";
import { measureRefusals, type RefusalFigure } from "./refusals.ts";

/**
 * The largest allowed difference between the mean times of a refusal for a known and an unknown name (OWASP: answer
 * alike, in like time).
 */
const MAX_DIFFERENCE = 0.05;
const HANDLE = "bench";

function refusalsOf({ isShort }: BenchOptions): number {
  return isShort ? 20 : 200;
}

const loads = {
  password: { name: "CreateSession, password", measure: signInWithPassword },
  guest: { name: "CreateSession, guest", measure: signInAsGuest },
  refresh: { name: "RefreshSession", measure: renew },
  alone: { name: "GetUser, nobody signs in", measure: askAlone },
  during: { name: "GetUser, others sign in with passwords", measure: askDuringSignIns },
} as const;
type LoadName = keyof typeof loads;

interface LoginFigure {
  readonly runtime: Runtime;
  readonly calls: Readonly<Record<LoadName, CallFigure>>;
  readonly refusals: RefusalFigure;
}

/**
 * The speed of signing in, its effect on signed-in users, and a check that a refusal does not reveal which names exist.
 */
export const login: Scenario = {
  name: "login",
  summary: "signing in with a password and as a guest, renewing tokens, and what others notice of it",
  isLong: true,

  async run(options) {
    const figures: LoginFigure[] = [];
    for (const runtime of options.runtimes) figures.push(await measureRuntime(runtime, options));
    return {
      table: {
        columns: ["call", "calls/s", "p50 ms", "p99 ms", "CPU µs/call"],
        rows: figures.flatMap(({ runtime, calls, refusals }) => [
          ...(Object.keys(loads) as LoadName[]).map((load) => [
            `${runtime}, ${loads[load].name}`,
            calls[load].callsPerSecond.toLocaleString("en"),
            calls[load].p50Ms.toFixed(2),
            calls[load].p99Ms.toFixed(2),
            load === "during" ? "" : calls[load].serverCpuUsPerCall.toFixed(0),
          ]),
          [
            `${runtime}, Login refused: wrong password, mean`,
            "",
            refusals.wrongPasswordMs.toFixed(2),
            "",
            "",
          ],
          [`${runtime}, Login refused: unknown name, mean`, "", refusals.unknownNameMs.toFixed(2), "", ""],
        ]),
      },
      figures,
      targets: figures.map(({ runtime, refusals: { differenceOfMeans } }) =>
        atMost(
          MAX_DIFFERENCE,
          `on ${runtime}: how far apart the means of refusals are, as a share`,
          differenceOfMeans,
        ),
      ),
      notes: [
        `${SIGN_INS_AT_ONCE} sign-ins at once, ${ASKING_AT_ONCE} GetUser at once, ${DEVICES} devices that renew their tokens; medians of ${options.rounds} rounds of ${options.seconds} s.`,
        "A password is checked with argon2id (19 MiB, 2 passes, 1 lane), as OWASP asks for, which is nearly all of what a sign-in costs.",
        "RefreshSession is called by a client that decodes its answers, so its calls a second are a lower bound.",
        `Refusals: ${refusalsOf(options)} tries of each, in turn, one at a time.`,
      ],
    };
  },

  profile: () => Promise.resolve([]),
};

async function measureRuntime(runtime: Runtime, options: BenchOptions): Promise<LoginFigure> {
  using folder = makeDataFolder();
  const dataFolder = join(folder.path, runtime);
  await using confab = await startConfab({ runtime, dataFolder });
  using client = new ConfabClient(confab.port);
  await client.register(HANDLE);
  // A separate account asks, because an account keeps only its newest sessions.
  const account = await client.register("asking");
  const stage: LoginStage = { confab, dataFolder, handle: HANDLE, account, options };
  const names = Object.keys(loads) as LoadName[];
  const rounds = Object.fromEntries(names.map((name) => [name, [] as CallFigure[]])) as Record<
    LoadName,
    CallFigure[]
  >;
  for (let round = 1; round <= options.rounds; round++) {
    for (const name of names) {
      options.progress(`${runtime}, round ${round} of ${options.rounds}: ${loads[name].name}`);
      rounds[name].push(await loads[name].measure(stage));
    }
  }
  const tries = refusalsOf(options);
  options.progress(`${runtime}: ${2 * tries} refusals`);
  const calls = Object.fromEntries(names.map((name) => [name, middle(rounds[name])])) as LoginFigure["calls"];
  return { runtime, calls, refusals: await measureRefusals(client, HANDLE, tries) };
}

function middle(rounds: readonly CallFigure[]): CallFigure {
  const of = (figure: keyof CallFigure): number => significant(median(rounds.map((round) => round[figure])));
  return {
    callsPerSecond: of("callsPerSecond"),
    p50Ms: of("p50Ms"),
    p99Ms: of("p99Ms"),
    serverCpuUsPerCall: of("serverCpuUsPerCall"),
  };
}
