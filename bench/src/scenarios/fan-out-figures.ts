import type { FanOutMeasurement } from "../load/fan-out.ts";
import type { Runtime } from "../runtimes.ts";
import { median, significant } from "../statistics.ts";
import type { Table } from "../table.ts";
import { type FanOutCase, nameOf } from "./fan-out-case.ts";

const BYTES_PER_KIB = 1024;
/** A peer below this share of the requested rate does not keep pace. */
const KEEPS_PACE = 0.98;

/** One row: medians over the rounds. Null means that the operating system doesn't report it. */
export interface FanOutFigure {
  readonly server: string;
  readonly runtime: Runtime | null;
  /** Work that Confab does for each message and this peer does not. */
  readonly omits: string;
  readonly listeners: number;
  /** Requested messages a second; 0 means as many as possible. */
  readonly rate: number;
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly keepsPace: boolean;
  readonly serverCpuUsPerDelivery: number | null;
  readonly mainThreadUsPerDelivery: number | null;
  readonly workersUsPerDelivery: number | null;
  readonly generatorCpuUsPerDelivery: number;
  readonly bytesPerDelivery: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lastP50Ms: number;
  readonly lastP99Ms: number;
  /** The worst of all rounds. */
  readonly lastMaxMs: number;
  /** Sums over the rounds. */
  readonly lost: number;
  readonly disorder: number;
  readonly serverKibPerListener: number | null;
}

/** Summarises the rounds of each case. */
export function toFanOutFigures(
  measured: ReadonlyMap<FanOutCase, readonly FanOutMeasurement[]>,
): readonly FanOutFigure[] {
  return [...measured].map(([{ peer, runtime, listeners, rate }, rounds]) => {
    const middle = (of: (round: FanOutMeasurement) => number | null): number | null => {
      const values = rounds.map((round) => of(round) ?? Number.NaN);
      return values.some((value) => !Number.isFinite(value)) ? null : significant(median(values));
    };
    const sum = (of: (round: FanOutMeasurement) => number): number =>
      rounds.reduce((total, round) => total + of(round), 0);
    const perDelivery = (of: (round: FanOutMeasurement) => number | null): number | null =>
      middle((round) => (of(round) ?? Number.NaN) / round.deliveries);
    const messagesPerSecond = middle((round) => round.messages / round.seconds) ?? 0;
    const lost = sum((round) => round.missing);
    return {
      server: peer.name,
      runtime,
      omits: peer.omits,
      listeners,
      rate,
      messagesPerSecond,
      deliveriesPerSecond: middle((round) => round.deliveries / round.seconds) ?? 0,
      keepsPace: lost === 0 && messagesPerSecond >= KEEPS_PACE * rate,
      serverCpuUsPerDelivery: perDelivery((round) => round.serverCpuUs),
      mainThreadUsPerDelivery: perDelivery((round) => round.serverMainThreadUs),
      workersUsPerDelivery: perDelivery((round) => round.serverWorkersUs),
      generatorCpuUsPerDelivery: perDelivery((round) => round.ownCpuUs) ?? 0,
      bytesPerDelivery: perDelivery((round) => round.bytes) ?? 0,
      p50Ms: middle((round) => round.deliveryMs.p50) ?? 0,
      p99Ms: middle((round) => round.deliveryMs.p99) ?? 0,
      lastP50Ms: middle((round) => round.lastMs.p50) ?? 0,
      lastP99Ms: middle((round) => round.lastMs.p99) ?? 0,
      lastMaxMs: significant(Math.max(...rounds.map((round) => round.lastMs.max))),
      lost,
      disorder: sum((round) => round.disorder),
      serverKibPerListener: middle(({ serverGrowthBytes }) =>
        serverGrowthBytes === null ? null : serverGrowthBytes / BYTES_PER_KIB / listeners,
      ),
    };
  });
}

export function toFanOutTable(figures: readonly FanOutFigure[]): Table {
  return {
    columns: [
      "server",
      "listeners",
      "asked",
      "messages/s",
      "deliveries/s",
      "CPU µs/delivery",
      "main",
      "p50 ms",
      "p99 ms",
      "last p50",
      "last p99",
      "last max",
      "lost",
      "disorder",
      "KiB",
      "does not",
    ],
    rows: figures.map((figure) => [
      figure.runtime ? `${figure.server}, ${figure.runtime}` : figure.server,
      figure.listeners.toLocaleString("en"),
      nameOf(figure.rate),
      `${figure.messagesPerSecond.toLocaleString("en")}${figure.keepsPace ? "" : " (can't)"}`,
      figure.deliveriesPerSecond.toLocaleString("en"),
      figure.serverCpuUsPerDelivery?.toFixed(2) ?? "-",
      figure.mainThreadUsPerDelivery?.toFixed(2) ?? "-",
      figure.p50Ms.toFixed(1),
      figure.p99Ms.toFixed(1),
      figure.lastP50Ms.toFixed(1),
      figure.lastP99Ms.toFixed(1),
      figure.lastMaxMs.toFixed(1),
      figure.lost.toLocaleString("en"),
      figure.disorder.toLocaleString("en"),
      // Only the first load is meaningful: later ones reuse the memory of its listeners.
      figure.rate === 20 ? (figure.serverKibPerListener?.toFixed(0) ?? "-") : "",
      figure.omits,
    ]),
  };
}
