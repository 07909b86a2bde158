import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type DataFolder, makeDataFolder } from "../disk.ts";
import { type FanOutMeasurement, fanOut } from "../load/fan-out.ts";
import { flatMapInTurn } from "../many.ts";
import { confabConnect } from "../peers/fan-out/confab.ts";
import { profilingOptions, readProfiles } from "../profile.ts";
import type { Runtime } from "../runtimes.ts";
import type { BenchOptions, Scenario } from "../scenario.ts";
import { median, significant } from "../statistics.ts";
import { atMost, best, type Target } from "../targets.ts";

const RATE = 300;
/** One in this many listeners is slow. It reads at the same fraction of the rate. */
const ONE_IN = 10;
const READS_ONE_IN = 10;
/** Roughly a message's size on the wire. */
const BYTES_PER_DELIVERY = 370;
/** By then the slow listeners' queues have passed their bound, and they catch up from the store. */
const WARM_UP_SECONDS = 12;
const SHORT_WARM_UP_SECONDS = 3;

function warmUpOf(slowCount: number, { isShort }: BenchOptions): number {
  return slowCount === 0 || isShort ? SHORT_WARM_UP_SECONDS : WARM_UP_SECONDS;
}

const WINDOW = 256;
const NUMBERS_PER_LOAD = 1e9;
/** The limit for the fast listeners' p99, relative to a run without slow ones. */
const MAX_RATIO = 1.2;

interface SlowFigure {
  readonly runtime: Runtime;
  /** Listeners that read at full speed. */
  readonly listeners: number;
  readonly slowListeners: number;
  readonly messagesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lastP50Ms: number;
  readonly serverCpuPercent: number | null;
  readonly lost: number;
  readonly disorder: number;
  /** Relative to the run without slow ones. */
  readonly p99Ratio: number;
}

/** The effect of slow listeners on the fast ones in a room. */
export const slow: Scenario = {
  name: "slow",
  summary: `one room at ${RATE} messages a second, with and without a tenth of listeners that read at a tenth of it`,
  isLong: true,

  async run(options) {
    using folder = makeDataFolder();
    const figures = await flatMapInTurn(options.runtimes, (runtime) =>
      measureRuntime(runtime, folder, options),
    );
    return {
      table: {
        columns: [
          "server",
          "listeners",
          "slow",
          "messages/s",
          "p50 ms",
          "p99 ms",
          "p99 to without",
          "last p50",
          "CPU % of a core",
          "lost",
          "disorder",
        ],
        rows: figures.map((figure) => [
          `Confab, Connect, ${figure.runtime}`,
          String(figure.listeners),
          String(figure.slowListeners),
          String(figure.messagesPerSecond),
          figure.p50Ms.toFixed(1),
          figure.p99Ms.toFixed(1),
          figure.p99Ratio.toFixed(2),
          figure.lastP50Ms.toFixed(1),
          figure.serverCpuPercent?.toFixed(0) ?? "-",
          String(figure.lost),
          String(figure.disorder),
        ]),
      },
      figures,
      targets: toTargets(figures),
      notes: [
        `Medians of ${options.rounds} rounds of ${options.seconds} s, with slow ones after ${warmUpOf(1, options)} s, in which the slow ones' queues pass their bound; the two runs of a round are of one process.`,
        "The slow ones have the windows that HTTP/2 begins with and open them as they read. They are not in the figures.",
      ],
    };
  },

  profile: (options) =>
    flatMapInTurn(options.runtimes, async (runtime) => {
      using folder = makeDataFolder();
      const path = join(folder.path, "profiles");
      await measureRound(runtime, { folder, options, runtimeOptions: profilingOptions(path) });
      return readProfiles(path, runtime);
    }),
};

async function measureRuntime(
  runtime: Runtime,
  folder: DataFolder,
  options: BenchOptions,
): Promise<readonly SlowFigure[]> {
  const rounds: (readonly FanOutMeasurement[])[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    options.progress(`${runtime}, round ${round} of ${options.rounds}`);
    rounds.push(await measureRound(runtime, { folder, options, runtimeOptions: [] }));
  }
  const slowListeners = Math.round(options.listeners / ONE_IN);
  const ratios = rounds.map(
    ([without, beside]) => (beside?.deliveryMs.p99 ?? Number.NaN) / (without?.deliveryMs.p99 ?? Number.NaN),
  );
  return [0, slowListeners].map((count, index) => {
    const those = rounds.flatMap((round) => round[index] ?? []);
    const middle = (of: (round: FanOutMeasurement) => number): number => significant(median(those.map(of)));
    const cpu = those.map(({ serverCpuUs, seconds }) => (serverCpuUs ?? Number.NaN) / 1e4 / seconds);
    return {
      runtime,
      listeners: options.listeners - slowListeners,
      slowListeners: count,
      messagesPerSecond: middle(({ messages, seconds }) => messages / seconds),
      p50Ms: middle(({ deliveryMs }) => deliveryMs.p50),
      p99Ms: middle(({ deliveryMs }) => deliveryMs.p99),
      lastP50Ms: middle(({ lastMs }) => lastMs.p50),
      serverCpuPercent: cpu.some(Number.isNaN) ? null : significant(median(cpu)),
      lost: those.reduce((sum, { missing }) => sum + missing, 0),
      disorder: those.reduce((sum, { disorder }) => sum + disorder, 0),
      p99Ratio: count === 0 ? 1 : significant(median(ratios)),
    };
  });
}

interface RoundOptions {
  readonly folder: DataFolder;
  readonly options: BenchOptions;
  readonly runtimeOptions: readonly string[];
}

/** Measures without slow listeners, then with them. */
async function measureRound(
  runtime: Runtime,
  { folder, options, runtimeOptions }: RoundOptions,
): Promise<readonly FanOutMeasurement[]> {
  const own = join(folder.path, String(performance.now()));
  mkdirSync(own);
  await using room = await confabConnect.start({ runtime, folder: own, runtimeOptions });
  const slowListeners = Math.round(options.listeners / ONE_IN);
  const measurements: FanOutMeasurement[] = [];
  for (const count of [0, slowListeners]) {
    const bytesPerSecond = (RATE * BYTES_PER_DELIVERY) / READS_ONE_IN;
    const measurement = await fanOut(
      {
        port: room.server.port,
        serverPid: room.server.pid,
        protocol: room.protocol,
        listeners: options.listeners - slowListeners + count,
        slow: { count, bytesPerSecond },
        rate: RATE,
        window: WINDOW,
        warmUpSeconds: warmUpOf(count, options),
        measureSeconds: options.seconds,
        firstNumber: (measurements.length + 1) * NUMBERS_PER_LOAD,
      },
      options.generatorRuntime,
    );
    measurements.push(measurement);
  }
  return measurements;
}

function toTargets(figures: readonly SlowFigure[]): readonly Target[] {
  const whole = figures.filter(({ slowListeners, lost }) => slowListeners > 0 && lost === 0);
  const least = best(whole, "lowest", ({ p99Ratio }) => p99Ratio);
  if (!least) return [];
  const { listeners, slowListeners, p99Ratio, p99Ms, runtime } = least;
  return [
    atMost(
      MAX_RATIO,
      `${listeners} listeners beside ${slowListeners} slow ones: their p99, times that without slow ones`,
      p99Ratio,
      { confab: `p99 ${p99Ms} ms on ${runtime}` },
    ),
  ];
}
