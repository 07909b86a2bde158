import { join } from "node:path";
import { simple } from "@confab/protocol";
import { type DataFolder, makeDataFolder } from "../disk.ts";
import { generate } from "../load/generate.ts";
import type { Measurement, RepeatedCall } from "../load/measure.ts";
import { flatMapInTurn } from "../many.ts";
import { encode } from "../peers/client.ts";
import { signIn, startConfab } from "../peers/confab.ts";
import { startEcho } from "../peers/echo.ts";
import type { ServerProcess } from "../processes.ts";
import { profilingOptions, readProfiles } from "../profile.ts";
import type { Runtime } from "../runtimes.ts";
import type { BenchOptions, Profile, Scenario } from "../scenario.ts";
import { TEXT } from "../text.ts";
import { type SendCase, type SendFigure, toSendFigures, toSendTable, toSendTargets } from "./send-figures.ts";

const WARM_UP_MS = 1_500;
const PROFILED_CONCURRENCY = 100;

const measuredCases: readonly Omit<SendCase, "runtime">[] = [
  { subject: "echo", concurrency: 100 },
  { subject: "guest", concurrency: 100 },
  { subject: "account", concurrency: 100 },
  { subject: "echo", concurrency: 1 },
  { subject: "guest", concurrency: 1 },
];

/** Durable sends a second, next to the most answers that grpc-js can give. */
export const send: Scenario = {
  name: "send",
  summary: "SendMessage, stored and synced before it is answered, beside a bare grpc-js echo",

  async run(options) {
    using folder = makeDataFolder();
    const figures = await flatMapInTurn(options.runtimes, (runtime) =>
      measureRuntime(runtime, folder, options),
    );
    return {
      table: toSendTable(figures),
      figures,
      targets: toSendTargets(figures),
      notes: describe(folder, options),
    };
  },

  profile: (options) => flatMapInTurn(options.runtimes, (runtime) => profileRuntime(runtime, options)),
};

async function measureRuntime(
  runtime: Runtime,
  folder: DataFolder,
  options: BenchOptions,
): Promise<readonly SendFigure[]> {
  const cases = measuredCases.map((each): SendCase => ({ runtime, ...each }));
  const measured = new Map(cases.map((each) => [each, [] as Measurement[]]));
  for (let round = 1; round <= options.rounds; round++) {
    options.progress(`${runtime}, round ${round} of ${options.rounds}`);
    // New processes each time, because a compiler warms up differently in each.
    await using echo = await startEcho({ runtime });
    const dataFolder = join(folder.path, `${runtime}-${round}`);
    await using confab = await startConfab({ runtime, dataFolder });
    const account = await signIn(confab.port, "bench");
    const servers = { echo, guest: confab, account: confab } satisfies Record<
      SendCase["subject"],
      ServerProcess
    >;
    for (const [{ subject, concurrency }, measurements] of measured) {
      if (concurrency === 1 && round > 1) continue;
      const call = callTo(subject, account);
      measurements.push(await load({ server: servers[subject], call, concurrency, folder }, options));
    }
  }
  return toSendFigures(measured);
}

/** The echo's profile next to Confab's: the part in both is grpc-js. */
async function profileRuntime(runtime: Runtime, options: BenchOptions): Promise<readonly Profile[]> {
  using folder = makeDataFolder();
  const profiles = (subject: SendCase["subject"]): string => join(folder.path, `profiles-of-${subject}`);
  {
    const runtimeOptions = (subject: SendCase["subject"]) => profilingOptions(profiles(subject));
    await using echo = await startEcho({ runtime, runtimeOptions: runtimeOptions("echo") });
    const dataFolder = join(folder.path, "data");
    await using confab = await startConfab({ runtime, dataFolder, runtimeOptions: runtimeOptions("guest") });
    for (const [subject, server] of [["echo", echo] as const, ["guest", confab] as const]) {
      options.progress(`${runtime}: profiling ${subject}`);
      const call = callTo(subject, {});
      await load({ server, call, concurrency: PROFILED_CONCURRENCY, folder }, options);
    }
  }
  return (["echo", "guest"] as const).flatMap((subject) =>
    readProfiles(profiles(subject), `${runtime}, ${subject}`),
  );
}

interface Load {
  readonly server: ServerProcess;
  readonly call: RepeatedCall;
  readonly concurrency: number;
  readonly folder: DataFolder;
}

function load({ server, call, concurrency, folder }: Load, options: BenchOptions): Promise<Measurement> {
  return generate(
    {
      ...call,
      kind: "unary",
      port: server.port,
      serverPid: server.pid,
      concurrency,
      warmUpMs: WARM_UP_MS,
      measureMs: options.seconds * 1_000,
      dataFolder: folder.path,
    },
    options.generatorRuntime,
  );
}

function callTo(subject: SendCase["subject"], account: Readonly<Record<string, string>>): RepeatedCall {
  return {
    path: subject === "echo" ? "/Echo/Echo" : "/ChatService/SendMessage",
    metadata: subject === "account" ? account : {},
    message: encode(simple.MessageSchema, { userName: "ada", text: TEXT }),
  };
}

function describe({ fileSystem, isInMemory }: DataFolder, options: BenchOptions): readonly string[] {
  const place = isInMemory ? "IN MEMORY, so that syncs cost nothing," : "on a disk";
  return [
    `One connection; medians of ${options.rounds} rounds of ${options.seconds} s, each in new processes, in which the servers take turns; one at a time only in the first.`,
    `The data folder is ${place} (${fileSystem}), synchronous=FULL. The echo stores nothing.`,
    "CPU is of the whole server process; main is its event loop's thread; generator is the load generator's own.",
    "Flushes are the whole disk's, so calls a flush is at least what is shown.",
  ];
}
