import { join } from "node:path";
import { v1 } from "@confab/protocol";
import { makeDataFolder } from "../disk.ts";
import { generate } from "../load/generate.ts";
import type { Measurement, RepeatedCall } from "../load/measure.ts";
import { encode } from "../peers/client.ts";
import { signIn, startConfab } from "../peers/confab.ts";
import { startEcho } from "../peers/echo.ts";
import type { Runtime } from "../runtimes.ts";
import type { BenchOptions, Scenario } from "../scenario.ts";
import { median, significant } from "../statistics.ts";
import { atMost } from "../targets.ts";

const WARM_UP_MS = 1_500;
const CONCURRENCY = 100;
const MAX_RATIO_TO_ECHO = 1.5;

interface GetUserFigure {
  readonly runtime: Runtime;
  readonly echoCpuUsPerCall: number;
  readonly getUserCpuUsPerCall: number;
  /** The median of the rounds' ratios. */
  readonly ratioToEcho: number;
  readonly callsPerSecond: number;
}

/** The cost of authentication and access control, with an answer from memory. */
export const getUser: Scenario = {
  name: "get-user",
  summary: "confab.v1 GetUser of the caller's account with a token, next to a bare grpc-js echo",

  async run(options) {
    const figures: GetUserFigure[] = [];
    for (const runtime of options.runtimes) figures.push(await measureRuntime(runtime, options));
    return {
      table: {
        columns: ["runtime", "echo CPU µs/call", "GetUser CPU µs/call", "to echo", "GetUser calls/s"],
        rows: figures.map((figure) => [
          figure.runtime,
          figure.echoCpuUsPerCall.toFixed(1),
          figure.getUserCpuUsPerCall.toFixed(1),
          figure.ratioToEcho.toFixed(2),
          figure.callsPerSecond.toLocaleString("en"),
        ]),
      },
      figures,
      targets: figures.map(({ runtime, ratioToEcho }) =>
        atMost(MAX_RATIO_TO_ECHO, `on ${runtime}: times the echo's CPU a call`, ratioToEcho),
      ),
      notes: [
        `${CONCURRENCY} at once on one connection; medians of ${options.rounds} rounds of ${options.seconds} s, in turn.`,
        "CPU is of the whole server process, all its threads.",
      ],
    };
  },

  profile: () => Promise.resolve([]),
};

async function measureRuntime(runtime: Runtime, options: BenchOptions): Promise<GetUserFigure> {
  using folder = makeDataFolder();
  await using echo = await startEcho({ runtime });
  await using confab = await startConfab({ runtime, dataFolder: join(folder.path, runtime) });
  const message = encode(v1.GetUserRequestSchema, { key: { case: "userId", value: "me" } });
  const metadata = await signIn(confab.port, "bench");
  const measure = (server: typeof echo, call: RepeatedCall): Promise<Measurement> =>
    generate(
      {
        ...call,
        kind: "unary",
        port: server.port,
        serverPid: server.pid,
        concurrency: CONCURRENCY,
        warmUpMs: WARM_UP_MS,
        measureMs: options.seconds * 1_000,
        dataFolder: folder.path,
      },
      options.generatorRuntime,
    );

  const rounds: { readonly echo: Measurement; readonly confab: Measurement }[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    options.progress(`${runtime}, round ${round} of ${options.rounds}`);
    rounds.push({
      echo: await measure(echo, { path: "/Echo/Echo", metadata: {}, message }),
      confab: await measure(confab, { path: "/confab.v1.UserService/GetUser", metadata, message }),
    });
  }
  return {
    runtime,
    echoCpuUsPerCall: significant(median(rounds.map((round) => cpuPerCall(round.echo)))),
    getUserCpuUsPerCall: significant(median(rounds.map((round) => cpuPerCall(round.confab)))),
    ratioToEcho: significant(
      median(rounds.map((round) => cpuPerCall(round.confab) / cpuPerCall(round.echo))),
    ),
    callsPerSecond: significant(median(rounds.map(({ confab: { calls, seconds } }) => calls / seconds))),
  };
}

function cpuPerCall({ serverCpuUs, calls, failedCalls }: Measurement): number {
  if (failedCalls > 0) throw new Error(`${failedCalls} calls failed`);
  return (serverCpuUs ?? Number.NaN) / calls;
}
