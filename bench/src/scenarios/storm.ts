import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type DataFolder, makeDataFolder } from "../disk.ts";
import { fanOut } from "../load/fan-out.ts";
import type { ListenerMeasurement } from "../load/listener-program.ts";
import { flatMapInTurn } from "../many.ts";
import { type ConfabOptions, startConfab } from "../peers/confab.ts";
import { type Absent, comingBack, type Layout, layouts, makeAbsent, missMessages } from "../peers/storm.ts";
import { profilingOptions, readProfiles } from "../profile.ts";
import type { Runtime } from "../runtimes.ts";
import type { BenchOptions, Scenario } from "../scenario.ts";
import { countStatements } from "../statements.ts";
import { median, significant } from "../statistics.ts";
import { atMost, best, type Target } from "../targets.ts";

/** Clients for each listener of the one-room scenarios. */
const TIMES_LISTENERS = 5;
const MESSAGES = 100;
const MAX_SECONDS = 15;
/** The run that counts statements has this many times fewer clients. */
const COUNTED_ONE_IN = 10;
/** Far fewer statements than messages: no message has a statement of its own. */
const MAX_STATEMENTS = MESSAGES / 5;

interface StormFigure {
  readonly runtime: Runtime;
  readonly layout: Layout;
  readonly clients: number;
  readonly messagesEach: number;
  /** From the first connection to the last Ready. */
  readonly allLiveSeconds: number;
  readonly messagesPerSecond: number;
  readonly serverCpuMsPerClient: number | null;
}

interface StatementFigure {
  readonly layout: Layout;
  readonly clients: number;
  readonly statementsPerClient: number;
}

/** Everyone comes back at the same moment, after the server restarts. */
export const storm: Scenario = {
  name: "storm",
  summary: `everyone comes back at once, each ${MESSAGES} messages behind: the time until all are live`,
  isLong: true,

  async run(options) {
    using folder = makeDataFolder();
    const figures: StormFigure[] = [];
    options.progress("making the clients and their rooms");
    const template = join(folder.path, "before");
    const absent = await makeAbsent(
      template,
      options.runtimes[0] ?? "bun",
      options.listeners * TIMES_LISTENERS,
    );
    const stage: Stage = { folder, template, absent, options };
    for (const layout of Object.keys(layouts) as Layout[]) {
      for (const runtime of options.runtimes) figures.push(await measure(stage, runtime, layout));
    }
    const statements = [await count(stage, "one room"), await count(stage, "rooms of 10")];
    return {
      table: {
        columns: [
          "server",
          "clients",
          "all live after s",
          "messages/s",
          "CPU ms/client",
          "statements/client",
        ],
        rows: figures.map((figure) => [
          `Confab, ${figure.runtime}, ${figure.layout}`,
          figure.clients.toLocaleString("en"),
          figure.allLiveSeconds.toFixed(2),
          figure.messagesPerSecond.toLocaleString("en"),
          figure.serverCpuMsPerClient?.toFixed(2) ?? "-",
          statements.find(({ layout }) => layout === figure.layout)?.statementsPerClient.toFixed(2) ?? "",
        ]),
      },
      figures: { times: figures, statements },
      targets: toTargets(figures, statements),
      notes: [
        `A connection for each client, each with an account of its own; all are opened as fast as the server takes them, and none waits for another. Each gets ${MESSAGES} messages and then Ready; every one of them is counted.`,
        "The server has just started: it has nothing in memory of the rooms or of who comes.",
        `Statements are counted in a run of its own, on Node with one of ${COUNTED_ONE_IN} clients: all that the server's threads run, transactions' begins and ends too.`,
      ],
    };
  },

  profile: (options) =>
    flatMapInTurn(options.runtimes, async (runtime) => {
      using folder = makeDataFolder();
      const template = join(folder.path, "before");
      const absent = await makeAbsent(template, runtime, options.listeners * TIMES_LISTENERS);
      const path = join(folder.path, "profiles");
      const stage = { folder, template, absent, options, runtimeOptions: profilingOptions(path) };
      await comeBack(stage, runtime, "one room");
      return readProfiles(path, runtime);
    }),
};

interface Stage extends Pick<ConfabOptions, "runtimeOptions" | "env"> {
  readonly folder: DataFolder;
  /** A copy of the data folder from the moment the clients left. */
  readonly template: string;
  readonly absent: Absent;
  readonly options: BenchOptions;
  /** Called once the server is up and before the first client comes. */
  readonly onStarted?: () => void;
}

async function measure(stage: Stage, runtime: Runtime, layout: Layout): Promise<StormFigure> {
  const { options, absent } = stage;
  const clients = absent.clients.length;
  const rounds: ListenerMeasurement[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    options.progress(`round ${round} of ${options.rounds}: ${runtime}, ${layout}`);
    rounds.push(await comeBack(stage, runtime, layout));
  }
  const cpuUs = median(rounds.map(({ serverOpeningCpuUs }) => serverOpeningCpuUs ?? Number.NaN));
  const seconds = median(rounds.map(({ openSeconds }) => openSeconds));
  return {
    runtime,
    layout,
    clients,
    messagesEach: MESSAGES,
    allLiveSeconds: significant(seconds),
    messagesPerSecond: significant((clients * MESSAGES) / seconds),
    serverCpuMsPerClient: Number.isNaN(cpuUs) ? null : significant(cpuUs / 1_000 / clients),
  };
}

/** @throws Error when a client missed a message */
async function comeBack(stage: Stage, runtime: Runtime, layout: Layout): Promise<ListenerMeasurement> {
  const { folder, template, absent, options, runtimeOptions = [], env = {} } = stage;
  const dataFolder = join(folder.path, String(performance.now()));
  cpSync(template, dataFolder, { recursive: true });
  await missMessages(dataFolder, absent, { layout, messages: MESSAGES });
  await using confab = await startConfab({ runtime, dataFolder, runtimeOptions, env });
  const clients = absent.clients.length;
  const protocol = await comingBack(confab.port, absent);
  stage.onStarted?.();
  const measurement = await fanOut(
    {
      port: confab.port,
      serverPid: confab.pid,
      protocol,
      listeners: clients,
      openingAtOnce: clients,
      rate: 0,
      window: 0,
      warmUpSeconds: 0,
      measureSeconds: 0,
      firstNumber: 1,
      isSilent: true,
    },
    options.generatorRuntime,
  );
  if (measurement.openingMessages !== clients * MESSAGES) {
    throw new Error(
      `${clients} clients got ${measurement.openingMessages} messages, not ${clients * MESSAGES}`,
    );
  }
  return measurement;
}

async function count(stage: Stage, layout: Layout): Promise<StatementFigure> {
  const { folder, absent, options } = stage;
  options.progress(`counting statements: ${layout}`);
  const own = join(folder.path, `statements of ${layout}`);
  mkdirSync(own);
  const counted = countStatements(own);
  const clients = Math.ceil(absent.clients.length / COUNTED_ONE_IN);
  const few = { ...absent, clients: absent.clients.slice(0, clients) };
  const { runtimeOptions, env } = counted;
  let before = 0;
  const onStarted = (): void => {
    before = counted.read();
  };
  await comeBack({ ...stage, absent: few, runtimeOptions, env, onStarted }, "node", layout);
  return { layout, clients, statementsPerClient: significant((counted.read() - before) / clients) };
}

function toTargets(
  figures: readonly StormFigure[],
  statements: readonly StatementFigure[],
): readonly Target[] {
  const times = (Object.keys(layouts) as Layout[]).flatMap((layout) => {
    const those = figures.filter((each) => each.layout === layout);
    const least = best(those, "lowest", ({ allLiveSeconds }) => allLiveSeconds);
    if (!least) return [];
    const { clients, allLiveSeconds, runtime } = least;
    return atMost(
      MAX_SECONDS,
      `${clients.toLocaleString("en")} come back at once, ${MESSAGES} messages behind, ${layout}: seconds until all are live`,
      allLiveSeconds,
      { confab: `${allLiveSeconds} s on ${runtime}` },
    );
  });
  const counts = statements.map(({ layout, statementsPerClient }) =>
    atMost(
      MAX_STATEMENTS,
      `coming back ${MESSAGES} messages behind, ${layout}: statements for each client`,
      statementsPerClient,
      { confab: `${statementsPerClient} statements` },
    ),
  );
  return [...times, ...counts];
}
