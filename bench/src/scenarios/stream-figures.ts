import type { Load, Measurement } from "../load/measure.ts";
import type { Runtime } from "../runtimes.ts";
import { median, significant } from "../statistics.ts";
import type { Table } from "../table.ts";
import { atLeast, best, type Target } from "../targets.ts";

/** The promise: acknowledged sends a CPU second of the server, relative to unary calls one at a time. */
const MIN_RATIO_TO_ONE_AT_A_TIME = 5;
const MIN_SENDS_PER_SECOND = 30_000;

/** The way the messages are sent, and the number in flight. */
export interface StreamCase {
  readonly runtime: Runtime;
  readonly kind: Load["kind"];
  readonly concurrency: number;
  /** Clients that share the messages, each with its own stream. */
  readonly streams: number;
}

/** One row: medians over the rounds. Null means that the operating system doesn't report it. */
export interface StreamFigure extends StreamCase {
  readonly sendsPerSecond: number;
  readonly sendsPerCpuSecond: number | null;
  readonly serverCpuUsPerSend: number | null;
  readonly mainThreadUsPerSend: number | null;
  readonly storeThreadUsPerSend: number | null;
  readonly generatorCpuUsPerSend: number | null;
  readonly sendsPerDiskFlush: number | null;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Sends a CPU second, relative to each unary case of the same round; by number of calls in flight. */
  readonly ratioToUnary: Readonly<Record<number, Ratio>> | null;
}

interface Ratio {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Summarises the rounds of one runtime's cases. Every case was measured in each round. */
export function toStreamFigures(
  measured: ReadonlyMap<StreamCase, readonly Measurement[]>,
): readonly StreamFigure[] {
  const unary = [...measured].filter(([{ kind }]) => kind === "unary");
  return [...measured].map(([each, rounds]) => {
    const perSend = (of: (round: Measurement) => number | null): number | null => {
      const values = rounds.map((round) => (of(round) ?? Number.NaN) / round.calls);
      return values.some(Number.isNaN) ? null : significant(median(values));
    };
    const cpuUs = perSend((round) => round.serverCpuUs);
    const flushes = perSend((round) => round.diskFlushes);
    return {
      ...each,
      sendsPerSecond: significant(median(rounds.map(({ calls, seconds }) => calls / seconds))),
      sendsPerCpuSecond: cpuUs && significant(1e6 / cpuUs),
      serverCpuUsPerSend: cpuUs,
      mainThreadUsPerSend: perSend((round) => round.serverMainThreadUs),
      storeThreadUsPerSend: perSend((round) => round.serverWorkersUs),
      generatorCpuUsPerSend: perSend((round) => round.generatorCpuUs),
      sendsPerDiskFlush: flushes && significant(1 / flushes),
      p50Ms: significant(median(rounds.map((round) => round.p50Ms))),
      p99Ms: significant(median(rounds.map((round) => round.p99Ms))),
      ratioToUnary:
        each.kind === "unary" || cpuUs === null
          ? null
          : Object.fromEntries(unary.map(([{ concurrency }, peer]) => [concurrency, ratio(rounds, peer)])),
    };
  });
}

export function toStreamTable(figures: readonly StreamFigure[]): Table {
  return {
    columns: [
      "how",
      "at once",
      "sends/s",
      "sends/CPU s",
      "to unary 1",
      "to unary 100",
      "CPU µs/send",
      "main",
      "store",
      "generator",
      "p50 ms",
      "p99 ms",
      "sends/flush",
    ],
    rows: figures.map((figure) => [
      `${figure.runtime}, ${figure.streams > 1 ? `${figure.streams} streams` : figure.kind}`,
      String(figure.concurrency),
      figure.sendsPerSecond.toLocaleString("en"),
      figure.sendsPerCpuSecond?.toLocaleString("en") ?? "-",
      figure.ratioToUnary?.[1]?.median.toFixed(2) ?? "",
      figure.ratioToUnary?.[100]?.median.toFixed(2) ?? "",
      cell(figure.serverCpuUsPerSend),
      cell(figure.mainThreadUsPerSend),
      cell(figure.storeThreadUsPerSend),
      cell(figure.generatorCpuUsPerSend),
      figure.p50Ms.toFixed(2),
      figure.p99Ms.toFixed(2),
      cell(figure.sendsPerDiskFlush),
    ]),
  };
}

export function toStreamTargets(figures: readonly StreamFigure[]): readonly Target[] {
  const streams = figures.filter(({ kind }) => kind === "stream");
  const most = best(streams, "highest", ({ sendsPerSecond }) => sendsPerSecond);
  const perCpu = streams
    .filter((each) => each.streams === 1)
    .flatMap(({ runtime, ratioToUnary }) => {
      const measured = ratioToUnary?.[1]?.median;
      if (measured === undefined) return [];
      const claim = `on ${runtime}: times the acknowledged sends a CPU second of unary calls one at a time`;
      return atLeast(MIN_RATIO_TO_ONE_AT_A_TIME, claim, measured);
    });
  if (!most) return perCpu;
  const { sendsPerSecond, runtime } = most;
  const reading = { confab: `${sendsPerSecond.toLocaleString("en")}/s on ${runtime}` };
  return [
    atLeast(
      MIN_SENDS_PER_SECOND,
      `sends pipelined on ${most.streams === 1 ? "a Connect stream" : `${most.streams} Connect streams`}, 200 unanswered on each, stored: acknowledged a second`,
      sendsPerSecond,
      reading,
    ),
    ...perCpu,
  ];
}

function ratio(rounds: readonly Measurement[], peer: readonly Measurement[]): Ratio {
  const ratios = rounds.map((round, index) => cpuUsPerSend(peer[index] ?? round) / cpuUsPerSend(round));
  return {
    median: significant(median(ratios)),
    lowest: significant(Math.min(...ratios)),
    highest: significant(Math.max(...ratios)),
  };
}

function cpuUsPerSend({ serverCpuUs, calls }: Measurement): number {
  return (serverCpuUs ?? Number.NaN) / calls;
}

function cell(value: number | null): string {
  return value === null ? "-" : value.toFixed(value < 10 ? 1 : 0);
}
