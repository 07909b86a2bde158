import { join } from "node:path";
import { v1 } from "@confab/protocol";
import { makeDataFolder } from "../disk.ts";
import { generate } from "../load/generate.ts";
import type { Load, Measurement } from "../load/measure.ts";
import { flatMapInTurn } from "../many.ts";
import { ConfabClient, encode, pathOf } from "../peers/client.ts";
import { startConfab } from "../peers/confab.ts";
import { copyLongRoom, shapeOf } from "../peers/copied-room.ts";
import type { LongRoom } from "../peers/long-room.ts";
import type { ServerProcess } from "../processes.ts";
import type { Runtime } from "../runtimes.ts";
import type { BenchOptions, Scenario } from "../scenario.ts";
import { median, significant } from "../statistics.ts";
import { atMost } from "../targets.ts";
import { deepestOf, type HistoryPage, historyPages, NEWEST, PAGE_SIZE } from "./history-pages.ts";

const { listMessages } = v1.ChatService.method;

const MESSAGES = 1_000_000;
const SHORT_MESSAGES = 50_000;

const FIRST_WARM_UP_MS = 3_000;
const WARM_UP_MS = 200;
/** There are many pages to measure, so each gets this share of the requested seconds. */
const SHARE_OF_SECONDS = 0.25;
const MAX_RATIO_TO_NEWEST = 1.5;

interface HistoryFigure {
  readonly runtime: Runtime;
  readonly page: string;
  /** One call at a time; medians of the rounds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverCpuUsPerCall: number;
  readonly storeThreadUsPerCall: number;
  /** Relative to the newest page of the same round. */
  readonly ratioToNewest: number;
}

/** Compares a page far back with the newest page. */
export const history: Scenario = {
  name: "history",
  summary: `pages of ${PAGE_SIZE} out of ${MESSAGES.toLocaleString("en")} messages of one room, at several depths`,

  async run(options) {
    using folder = makeDataFolder();
    const [first = "bun"] = options.runtimes;
    const shape = shapeOf(options.isShort ? SHORT_MESSAGES : MESSAGES);
    options.progress(`writing ${shape.messages} messages`);
    const dataFolder = join(folder.path, "data");
    const room = await copyLongRoom(dataFolder, first, shape);
    const figures = await flatMapInTurn(options.runtimes, (runtime) =>
      measureRuntime({ runtime, dataFolder }, room, options),
    );
    return {
      table: {
        columns: ["page", "p50 ms", "p99 ms", "CPU µs/call", "store", "CPU to the newest page's"],
        rows: figures.map((figure) => [
          `${figure.runtime}, ${figure.page}`,
          figure.p50Ms.toFixed(2),
          figure.p99Ms.toFixed(2),
          figure.serverCpuUsPerCall.toFixed(0),
          figure.storeThreadUsPerCall.toFixed(0),
          figure.ratioToNewest.toFixed(2),
        ]),
      },
      figures,
      targets: figures
        .filter(({ page }) => page === deepestOf(shape))
        .map(({ runtime, ratioToNewest }) =>
          atMost(
            MAX_RATIO_TO_NEWEST,
            `on ${runtime}: the page ${deepestOf(shape)}, times the CPU of the newest`,
            ratioToNewest,
          ),
        ),
      notes: [
        `One call at a time; medians of ${options.rounds} rounds of ${options.seconds * SHARE_OF_SECONDS} s a page, in which the pages take turns.`,
        "Each page is asked for again and again, so that it comes from memory and not from the disk.",
        "CPU is of the whole server process; store is one of its threads.",
      ],
    };
  },

  profile: () => Promise.resolve([]),
};

interface Place {
  readonly runtime: Runtime;
  readonly dataFolder: string;
}

async function measureRuntime(
  { runtime, dataFolder }: Place,
  room: LongRoom,
  options: BenchOptions,
): Promise<readonly HistoryFigure[]> {
  await using confab = await startConfab({ runtime, dataFolder });
  const pages = historyPages(room.shape, room.revisionsBefore);
  await checkPages(confab, room, pages);
  const measure = (page: HistoryPage, times: Pick<Load, "warmUpMs" | "measureMs">): Promise<Measurement> =>
    generate(
      {
        kind: "unary",
        path: pathOf(listMessages),
        metadata: room.account.metadata,
        message: encode(listMessages.input, toRequest(page, room)),
        port: confab.port,
        serverPid: confab.pid,
        concurrency: 1,
        dataFolder,
        ...times,
      },
      options.generatorRuntime,
    );

  const measured = new Map(pages.map((page) => [page, [] as Measurement[]]));
  for (const page of pages) {
    await measure(page, { warmUpMs: 0, measureMs: FIRST_WARM_UP_MS / pages.length });
  }
  for (let round = 1; round <= options.rounds; round++) {
    options.progress(`${runtime}, round ${round} of ${options.rounds}`);
    const measureMs = options.seconds * 1_000 * SHARE_OF_SECONDS;
    for (const [page, rounds] of measured)
      rounds.push(await measure(page, { warmUpMs: WARM_UP_MS, measureMs }));
  }
  return toFigures(runtime, measured);
}

/** Checks that the measured pages are the intended ones. @throws Error if they aren't */
async function checkPages(
  confab: ServerProcess,
  room: LongRoom,
  pages: readonly HistoryPage[],
): Promise<void> {
  using client = new ConfabClient(confab.port);
  for (const page of pages) {
    const { messages } = await client.unary(listMessages, toRequest(page, room), room.account);
    const first = Number(messages[0]?.seq);
    const last = Number(messages.at(-1)?.seq);
    if (messages.length !== PAGE_SIZE || first !== page.first || last !== page.last) {
      throw new Error(
        `${page.name} has ${messages.length} messages, ${first} to ${last}, not ${page.first} to ${page.last}`,
      );
    }
  }
}

function toRequest({ where }: HistoryPage, { roomId }: LongRoom) {
  return { roomId, pageSize: PAGE_SIZE, ...where };
}

function toFigures(
  runtime: Runtime,
  measured: ReadonlyMap<HistoryPage, readonly Measurement[]>,
): readonly HistoryFigure[] {
  const newest = [...measured].find(([{ name }]) => name === NEWEST)?.[1] ?? [];
  return [...measured].map(([{ name }, rounds]) => {
    const middle = (of: (round: Measurement, index: number) => number): number =>
      significant(median(rounds.map(of)));
    return {
      runtime,
      page: name,
      p50Ms: middle((round) => round.p50Ms),
      p99Ms: middle((round) => round.p99Ms),
      serverCpuUsPerCall: middle(cpuUsPerCall),
      storeThreadUsPerCall: middle(({ serverWorkersUs, calls }) => (serverWorkersUs ?? Number.NaN) / calls),
      ratioToNewest: middle((round, index) => cpuUsPerCall(round) / cpuUsPerCall(newest[index] ?? round)),
    };
  });
}

function cpuUsPerCall({ serverCpuUs, calls }: Measurement): number {
  return (serverCpuUs ?? Number.NaN) / calls;
}
