import { type CpuTime, readCpu } from "../cpu.ts";
import { readFlushes } from "../disk.ts";
import { Histogram } from "./histogram.ts";

/** The call that a load repeats. */
export interface RepeatedCall {
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** A unary call's request, or a command on a stream. Each copy gets its own number at every `NUMBER_PLACE`. */
  readonly message: Buffer;
  /** Numbers start after this one. Default: 0. */
  readonly firstNumber?: number;
}

/** The strength of a load, and the figures to read from the server meanwhile. */
export interface Load extends RepeatedCall {
  /** Unary calls, or commands on one `Connect` stream. */
  readonly kind: "unary" | "stream";
  readonly port: number;
  /** Calls in flight. */
  readonly concurrency: number;
  /** Streams that share the commands, each with its own connection. Default: 1. */
  readonly streams?: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** The server's process; its CPU time is read at the start and the end of the measurement. */
  readonly serverPid: number;
  /** Counts the flushes of the disk that holds this folder. */
  readonly dataFolder: string;
}

/** Called with each call's outcome. A unary call that gRPC refuses has no response message. */
export type OnAnswer = (answer: { readonly isOk: boolean; readonly tookMs: number }) => void;

/** Makes one call again and again, and reports each outcome. */
export interface LoadClient extends Disposable {
  /** Rejects when no more answers can arrive; never resolves. */
  readonly failed: Promise<never>;
  /** Starts one call. It leaves with the next `flush`, or once the server's window has room for it. */
  start(): void;
  flush(): void;
}

/** One measurement. Null means that the operating system doesn't report it. */
export interface Measurement {
  readonly calls: number;
  readonly failedCalls: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverCpuUs: number | null;
  readonly serverMainThreadUs: number | null;
  /** Of Confab, the store's thread. */
  readonly serverWorkersUs: number | null;
  readonly generatorCpuUs: number;
  /** Flushes of the disk by any program, this server included. */
  readonly diskFlushes: number | null;
}

interface Counters {
  readonly atMs: number;
  readonly calls: number;
  readonly server: CpuTime | null;
  readonly own: NodeJS.CpuUsage;
  readonly flushes: number | null;
}

/** Keeps `concurrency` calls in flight: warms up, measures, waits for the last answers. */
export async function measure(
  load: Load,
  open: (port: number, call: RepeatedCall, onAnswer: OnAnswer) => Promise<LoadClient>,
): Promise<Measurement> {
  const { concurrency, serverPid, dataFolder } = load;
  const idle = Promise.withResolvers<void>();
  let histogram = new Histogram();
  let inFlight = concurrency;
  let calls = 0;
  let failedCalls = 0;
  let isStopping = false;

  using client = await open(load.port, load, ({ isOk, tookMs }) => {
    calls++;
    if (isOk) histogram.record(tookMs);
    else failedCalls++;
    if (!isStopping) client.start();
    else if (--inFlight === 0) idle.resolve();
  });
  for (let count = 0; count < concurrency; count++) client.start();
  client.flush();

  await Promise.race([pause(load.warmUpMs), client.failed]);
  histogram = new Histogram();
  const before = readCounters();
  await Promise.race([pause(load.measureMs), client.failed]);
  const after = readCounters();
  const measured = histogram;
  isStopping = true;
  await Promise.race([idle.promise, client.failed]);

  return {
    calls: after.calls - before.calls,
    failedCalls,
    seconds: (after.atMs - before.atMs) / 1_000,
    p50Ms: measured.percentile(0.5),
    p99Ms: measured.percentile(0.99),
    serverCpuUs: difference(after.server?.processUs, before.server?.processUs),
    serverMainThreadUs: difference(after.server?.mainThreadUs, before.server?.mainThreadUs),
    serverWorkersUs: difference(after.server?.workersUs, before.server?.workersUs),
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
