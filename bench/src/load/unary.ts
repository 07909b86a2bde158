import type { CpuTime } from "../cpu.ts";
import { readCpu } from "../cpu.ts";
import { readFlushes } from "../disk.ts";
import { LoadConnection, type RepeatedCall } from "./connection.ts";
import { Histogram } from "./histogram.ts";

/** How hard to call a server, and what to read of it meanwhile. */
export interface UnaryLoad extends RepeatedCall {
  readonly port: number;
  /** Calls in flight at any time. */
  readonly concurrency: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** The server's process, whose CPU time is read at both ends of the measurement. */
  readonly serverPid: number;
  /** A folder whose disk's flushes are counted. */
  readonly dataFolder: string;
}

/** One measurement. What the operating system doesn't tell is null. */
export interface UnaryMeasurement {
  readonly calls: number;
  readonly failedCalls: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverCpuUs: number | null;
  readonly serverMainThreadUs: number | null;
  readonly generatorCpuUs: number;
  /** Flushes of the disk, this server's and everyone else's. */
  readonly diskFlushes: number | null;
}

interface Counters {
  readonly atMs: number;
  readonly calls: number;
  readonly server: CpuTime | null;
  readonly own: NodeJS.CpuUsage;
  readonly flushes: number | null;
}

/** Keeps `concurrency` calls in flight on one connection: warms up, measures, waits for the last answers. */
export async function measureUnary(load: UnaryLoad): Promise<UnaryMeasurement> {
  const { concurrency, serverPid, dataFolder } = load;
  const idle = Promise.withResolvers<void>();
  let histogram = new Histogram();
  let inFlight = concurrency;
  let calls = 0;
  let failedCalls = 0;
  let isStopping = false;

  using connection = await LoadConnection.open(load.port, load, ({ isOk, tookMs }) => {
    calls++;
    if (isOk) histogram.record(tookMs);
    else failedCalls++;
    if (!isStopping) connection.start();
    else if (--inFlight === 0) idle.resolve();
  });
  for (let count = 0; count < concurrency; count++) connection.start();
  connection.flush();

  await Promise.race([pause(load.warmUpMs), connection.failed]);
  histogram = new Histogram();
  const before = readCounters();
  await Promise.race([pause(load.measureMs), connection.failed]);
  const after = readCounters();
  const measured = histogram;
  isStopping = true;
  await Promise.race([idle.promise, connection.failed]);

  return {
    calls: after.calls - before.calls,
    failedCalls,
    seconds: (after.atMs - before.atMs) / 1_000,
    p50Ms: measured.percentile(0.5),
    p99Ms: measured.percentile(0.99),
    serverCpuUs: difference(after.server?.processUs, before.server?.processUs),
    serverMainThreadUs: difference(after.server?.mainThreadUs, before.server?.mainThreadUs),
    generatorCpuUs: after.own.user + after.own.system - before.own.user - before.own.system,
    diskFlushes: difference(after.flushes, before.flushes),
  };

  function readCounters(): Counters {
    return {
      atMs: performance.now(),
      calls,
      server: readCpu(serverPid),
      own: process.cpuUsage(),
      flushes: readFlushes(dataFolder),
    };
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function difference(after: number | null | undefined, before: number | null | undefined): number | null {
  return typeof after === "number" && typeof before === "number" ? after - before : null;
}
