import type { Measurement } from "../load/measure.ts";
import type { Runtime } from "../runtimes.ts";
import { median, significant } from "../statistics.ts";
import type { Table } from "../table.ts";
import { atLeast, best, type Target } from "../targets.ts";

/** The promise: durable sends a second, as a share of the answers of grpc-js that does nothing. */
const MIN_RATIO_TO_ECHO = 0.6;
const TARGET_CONCURRENCY = 100;

/** The called server, and the number of calls in flight. */
export interface SendCase {
  readonly runtime: Runtime;
  /** The answering side: the bare echo, or Confab with a guest or a signed-in account calling. */
  readonly subject: "echo" | "guest" | "account";
  readonly concurrency: number;
}

/** One row: medians over the rounds. Null means that the operating system doesn't report it. */
export interface SendFigure extends SendCase {
  readonly callsPerSecond: number;
  /** Relative to the echo of the same round, runtime and concurrency. */
  readonly ratioToEcho: { readonly median: number; readonly lowest: number; readonly highest: number };
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverCpuUsPerCall: number | null;
  readonly mainThreadUsPerCall: number | null;
  readonly generatorCpuUsPerCall: number;
  readonly callsPerDiskFlush: number | null;
}

/** Summarises the rounds of one runtime's cases. Every case was measured in each round. */
export function toSendFigures(
  measured: ReadonlyMap<SendCase, readonly Measurement[]>,
): readonly SendFigure[] {
  return [...measured].map(([each, rounds]) => {
    const echoRounds = [...measured].find(
      ([other]) => other.subject === "echo" && other.concurrency === each.concurrency,
    )?.[1];
    const ratios = rounds.map((round, index) => rate(round) / rate(echoRounds?.[index] ?? round));
    const perCall = (of: (round: Measurement) => number | null): number | null => {
      const values = rounds.map((round) => (of(round) ?? Number.NaN) / round.calls);
      return values.some(Number.isNaN) ? null : significant(median(values));
    };
    const flushesPerCall = perCall((round) => round.diskFlushes);
    return {
      ...each,
      callsPerSecond: significant(median(rounds.map(rate))),
      ratioToEcho: {
        median: significant(median(ratios)),
        lowest: significant(Math.min(...ratios)),
        highest: significant(Math.max(...ratios)),
      },
      p50Ms: significant(median(rounds.map((round) => round.p50Ms))),
      p99Ms: significant(median(rounds.map((round) => round.p99Ms))),
      serverCpuUsPerCall: perCall((round) => round.serverCpuUs),
      mainThreadUsPerCall: perCall((round) => round.serverMainThreadUs),
      generatorCpuUsPerCall: perCall((round) => round.generatorCpuUs) ?? 0,
      callsPerDiskFlush: flushesPerCall && each.subject !== "echo" ? significant(1 / flushesPerCall) : null,
    };
  });
}

export function toSendTable(figures: readonly SendFigure[]): Table {
  return {
    columns: [
      "server",
      "at once",
      "calls/s",
      "to echo",
      "lowest–highest",
      "p50 ms",
      "p99 ms",
      "CPU µs/call",
      "main",
      "generator",
      "calls/flush",
    ],
    rows: figures.map((figure) => [
      `${figure.runtime}, ${figure.subject === "echo" ? "bare echo" : `Confab, ${figure.subject}`}`,
      String(figure.concurrency),
      figure.callsPerSecond.toLocaleString("en"),
      figure.ratioToEcho.median.toFixed(2),
      `${figure.ratioToEcho.lowest.toFixed(2)}–${figure.ratioToEcho.highest.toFixed(2)}`,
      figure.p50Ms.toFixed(2),
      figure.p99Ms.toFixed(2),
      cell(figure.serverCpuUsPerCall),
      cell(figure.mainThreadUsPerCall),
      cell(figure.generatorCpuUsPerCall),
      cell(figure.callsPerDiskFlush),
    ]),
  };
}

export function toSendTargets(figures: readonly SendFigure[]): readonly Target[] {
  const most = (subject: SendCase["subject"]): SendFigure | undefined => {
    const those = figures.filter(
      (each) => each.subject === subject && each.concurrency === TARGET_CONCURRENCY,
    );
    return best(those, "highest", ({ callsPerSecond }) => callsPerSecond);
  };
  const confab = most("guest");
  const echo = most("echo");
  if (!confab || !echo) return [];
  return [
    atLeast(
      MIN_RATIO_TO_ECHO,
      `unary SendMessage, stored, ${TARGET_CONCURRENCY} at once: of a bare grpc-js echo's calls a second`,
      // On one runtime, compare round by round: noise hits both alike. Two medians would hide that.
      confab.runtime === echo.runtime
        ? confab.ratioToEcho.median
        : confab.callsPerSecond / echo.callsPerSecond,
      {
        confab: describe(confab),
        peer: `the echo ${describe(echo)}`,
        peerOmits: "store, order, authorize, decode",
      },
    ),
  ];
}

function describe({ callsPerSecond, runtime }: SendFigure): string {
  return `${callsPerSecond.toLocaleString("en")}/s on ${runtime}`;
}

function rate({ calls, seconds }: Measurement): number {
  return calls / seconds;
}

function cell(value: number | null): string {
  return value === null ? "-" : value.toFixed(value < 10 ? 1 : 0);
}
