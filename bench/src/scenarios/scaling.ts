import { join } from "node:path";
import type { Chart } from "../chart.ts";
import { makeDataFolder } from "../disk.ts";
import type { BenchOptions, Scenario } from "../scenario.ts";
import { atMost, type Target } from "../targets.ts";
import { measureDeliveries, measureSends, type ScalingPoint } from "./scaling-points.ts";

/** The most CPU may be at most this many times the least: the lines must be flat. */
const MAX_GROWTH = 1.5;

const LISTENERS = [10, 100, 1_000, 10_000];
const STORED = [1, 1_000, 10_000, 100_000, 1_000_000];
const SHORT_STORED = [1, 1_000, 10_000];

/** The cost of a delivery with more listeners, and of a send with more messages stored. */
export const scaling: Scenario = {
  name: "scaling",
  summary: "CPU a delivery from 10 to 10,000 listeners, and CPU a send from 1 to 1,000,000 stored messages",
  isLong: true,

  async run(options) {
    using folder = makeDataFolder();
    const deliveries: ScalingPoint[] = [];
    const sends: ScalingPoint[] = [];
    for (const runtime of options.runtimes) {
      const stage = { runtime, folder: join(folder.path, runtime), options };
      deliveries.push(...(await measureDeliveries(stage, listenersOf(options))));
      sends.push(...(await measureSends(stage, options.isShort ? SHORT_STORED : STORED)));
    }
    return {
      table: {
        columns: ["what", "CPU µs", "main", "workers", "a second"],
        rows: [...deliveries, ...sends].map((point) => [
          `${point.runtime}, ${point.name}`,
          point.cpuUs?.toFixed(1) ?? "-",
          point.mainThreadUs?.toFixed(1) ?? "-",
          point.workersUs?.toFixed(1) ?? "-",
          point.perSecond.toLocaleString("en"),
        ]),
      },
      figures: { deliveries, sends },
      targets: [
        ...toTargets(deliveries, "CPU a delivery, times that of the fewest listeners"),
        ...toTargets(sends, "CPU a send, times that of the fewest stored messages"),
      ],
      charts: [
        toChart("Server CPU per delivery, by listeners", "listeners of one room", deliveries),
        toChart("Server CPU per send, by stored messages", "messages stored", sends),
      ],
      notes: [
        `Medians of ${options.rounds} rounds. As many deliveries a second whatever the number of listeners, so that a message's own cost weighs more on the few: with 10 listeners each delivery carries a tenth of a send.`,
        "Sends are unary SendMessage of an account, 100 at once. Stored is what the room and the database had before: with the fewest, the load itself adds thousands.",
      ],
    };
  },

  profile: () => Promise.resolve([]),
};

function listenersOf({ isShort }: BenchOptions): readonly number[] {
  return isShort ? LISTENERS.slice(0, -1) : LISTENERS;
}

function toTargets(points: readonly ScalingPoint[], claim: string): readonly Target[] {
  return runtimesOf(points).flatMap((runtime) => {
    const those = points.filter((point) => point.runtime === runtime);
    const least = those[0]?.cpuUs;
    const most = those.at(-1);
    if (!least || !most?.cpuUs) return [];
    return atMost(MAX_GROWTH, `on ${runtime}, ${most.name}: ${claim}`, most.cpuUs / least);
  });
}

function toChart(title: string, xLabel: string, points: readonly ScalingPoint[]): Chart {
  const lines = runtimesOf(points).map((runtime) => ({
    name: `Confab on ${runtime}`,
    points: points.flatMap(({ x, cpuUs, runtime: of }) =>
      of === runtime && cpuUs !== null ? { x, y: cpuUs } : [],
    ),
  }));
  return { title, xLabel, yLabel: "µs", lines };
}

function runtimesOf(points: readonly ScalingPoint[]): readonly ScalingPoint["runtime"][] {
  return [...new Set(points.map(({ runtime }) => runtime))];
}
