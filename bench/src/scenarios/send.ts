import { join } from "node:path";
import { simple } from "@confab/protocol";
import { type DataFolder, makeDataFolder } from "../disk.ts";
import { generate } from "../load/generate.ts";
import type { Measurement, RepeatedCall } from "../load/measure.ts";
import { encode } from "../peers/client.ts";
import { signIn, startConfab } from "../peers/confab.ts";
import { startEcho } from "../peers/echo.ts";
import type { ServerProcess } from "../processes.ts";
import { profilingOptions, readProfiles } from "../profile.ts";
import type { Runtime } from "../runtimes.ts";
import type { BenchOptions, Profile, Scenario } from "../scenario.ts";
import { TEXT } from "../text.ts";
import { type SendFigure, toSendFigures, toSendTable, toSendTargets } from "./send-figures.ts";

const WARM_UP_MS = 1_500;
const PROFILED_CONCURRENCY = 100;

/** Who answers: the bare echo, or Confab to a guest or to an account that has signed in. */
const subjects = ["echo", "guest", "account"] as const;
type Subject = (typeof subjects)[number];

/** What is called, and with how many calls in flight. */
export interface SendCase {
  readonly runtime: Runtime;
  readonly subject: Subject;
  readonly concurrency: number;
}

const measuredCases: readonly Omit<SendCase, "runtime">[] = [
  { subject: "echo", concurrency: 100 },
  { subject: "guest", concurrency: 100 },
  { subject: "account", concurrency: 100 },
  { subject: "echo", concurrency: 1 },
  { subject: "guest", concurrency: 1 },
];

/** How many durable sends a second, beside the most that grpc-js can answer at all. */
export const send: Scenario = {
  name: "send",
  summary: "SendMessage, stored and synced before it is answered, beside a bare grpc-js echo",

  async run(options) {
    using folder = makeDataFolder();
    const figures: SendFigure[] = [];
    for (const runtime of options.runtimes) {
      figures.push(...(await measureRuntime(runtime, folder, options)));
    }
    return {
      table: toSendTable(figures),
      figures,
      targets: toSendTargets(figures),
      notes: describe(folder, options),
    };
  },

  async profile(options) {
    const profiles: Profile[] = [];
    for (const runtime of options.runtimes) profiles.push(...(await profileRuntime(runtime, options)));
    return profiles;
  },
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
    // In new processes each time: how a compiler warms up differs from one process to the next.
    await using echo = await startEcho({ runtime });
    const dataFolder = join(folder.path, `${runtime}-${round}`);
    await using confab = await startConfab({ runtime, dataFolder });
    const account = await signIn(confab.port, "bench");
    const servers = { echo, guest: confab, account: confab } satisfies Record<Subject, ServerProcess>;
    for (const [{ subject, concurrency }, measurements] of measured) {
      if (concurrency === 1 && round > 1) continue;
      const call = callTo(subject, account);
      measurements.push(await load({ server: servers[subject], call, concurrency, folder }, options));
    }
  }
  return toSendFigures(measured);
}

/** The echo's profile beside Confab's: what is in both is grpc-js. */
async function profileRuntime(runtime: Runtime, options: BenchOptions): Promise<readonly Profile[]> {
  using folder = makeDataFolder();
  const profiles = (subject: Subject): string => join(folder.path, `profiles-of-${subject}`);
  {
    const runtimeOptions = (subject: Subject) => profilingOptions(profiles(subject));
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
    readProfiles(profiles(subject)).map((table, thread) => ({
      title: `${runtime}, ${subject}, thread ${thread}`,
      table,
    })),
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

function callTo(subject: Subject, account: Readonly<Record<string, string>>): RepeatedCall {
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
