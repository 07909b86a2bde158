import { setTimeout as after } from "node:timers/promises";
import { residentMiB } from "../support/memory.ts";
import type { Runtime } from "../support/runtimes.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { eventually, within } from "../support/wait.ts";
import { Broadcast } from "./broadcast.ts";
import { Listeners, SilentListener } from "./listeners.ts";

const STALL_LIMIT_MS = 30_000;
const ENHANCE_YOUR_CALM = 11;
const MAX_OTHER_MIB = 64;
const MAX_SILENT_MIB = 1;
/** The others may be served this much slower beside one that reads nothing. The p99 has no limit: it is the machine's. */
const MAX_SLOWDOWN = 1.5;
const UNNOTICEABLE_MS = 20;

/** One phase of load and what it did to the listeners who read. */
export interface Phase {
  readonly name: string;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly beforeMiB: number;
  readonly mostMiB: number;
}

export interface SlowReaderReport {
  readonly phases: readonly Phase[];
  readonly problems: readonly string[];
}

export interface SlowReaderOptions {
  readonly runtime: Runtime;
  readonly listeners: number;
  readonly phaseMs: number;
}

/**
 * The latency of many listeners without and with one among them who never reads, who is ended after 30 s and
 * replaced; the last one of them reads in the end and must get everything.
 */
export async function oneAmongMany(options: SlowReaderOptions): Promise<SlowReaderReport> {
  const { runtime, listeners: count, phaseMs } = options;
  await using server = await startServerProcess({ runtime });
  using broadcast = new Broadcast(server.address, 4_096);
  await broadcast.send();
  using listeners = new Listeners(server.address, count);
  await eventually(() => listeners.haveReached(0), "listeners");

  const run = (name: string) => measure({ name, server, broadcast, listeners, perSecond: 10, phaseMs });
  await run("warm-up");
  const without = await run("without");
  const problems: string[] = [];
  let silent = await SilentListener.open(server.address);
  const openedAtMs = performance.now();
  const replaced = (async () => {
    const code = await within(silent.closed, "end of the silent stream");
    const lastedMs = Math.round(performance.now() - openedAtMs);
    if (code !== ENHANCE_YOUR_CALM) problems.push(`the silent stream ended with HTTP/2 code ${code}`);
    if (lastedMs < STALL_LIMIT_MS - 1_000) problems.push(`the silent stream ended after ${lastedMs} ms`);
    silent[Symbol.dispose]();
    silent = await SilentListener.open(server.address);
  })().catch((error: unknown) => problems.push(String(error)));
  const withOne = await run("with one silent");
  await replaced;

  silent.startReading();
  await broadcast.send();
  const { sequence } = silent;
  await eventually(() => sequence.next === broadcast.count, "silent one that has caught up");
  silent[Symbol.dispose]();
  await eventually(() => listeners.haveReached(broadcast.count - 1), "listeners with everything");
  problems.push(...sequence.problems, ...listeners.problems(), ...excess(withOne, 1));
  for (const percentile of ["p50Ms", "p90Ms"] as const) {
    const [before, now] = [without[percentile], withOne[percentile]];
    if (now > Math.max(MAX_SLOWDOWN * before, before + UNNOTICEABLE_MS)) {
      problems.push(`${percentile} rose from ${before} to ${now}`);
    }
  }
  return { phases: [without, withOne], problems };
}

/** A hundred who stop reading at 200 messages of 16 KiB a second: the memory they cost. Some read again in the end. */
export async function manyWhoStop({ runtime, phaseMs }: SlowReaderOptions): Promise<SlowReaderReport> {
  const stoppedCount = 100;
  const returningCount = 10;
  await using server = await startServerProcess({ runtime });
  using broadcast = new Broadcast(server.address, 16_384);
  await broadcast.send();
  using listeners = new Listeners(server.address, 10);
  const stopped = await Promise.all(
    Array.from({ length: stoppedCount }, () => SilentListener.open(server.address)),
  );
  for (const listener of stopped) listener.startReading();
  const run = (name: string, ms: number) =>
    measure({ name, server, broadcast, listeners, perSecond: 200, phaseMs: ms });
  const warm = await run("all read", 3_000);
  for (const listener of stopped) listener.stopReading();
  const phase = await run(`${stoppedCount} stop`, Math.min(phaseMs, STALL_LIMIT_MS - 5_000));

  const returning = stopped.slice(0, returningCount);
  for (const listener of returning) listener.startReading();
  await broadcast.send();
  await eventually(
    () => returning.every(({ sequence }) => sequence.next === broadcast.count),
    "listeners that have caught up",
  );
  const problems = [
    ...returning.flatMap(({ sequence }) => sequence.problems),
    ...listeners.problems(),
    ...excess({ ...phase, beforeMiB: warm.mostMiB }, stoppedCount),
  ];
  for (const listener of stopped) listener[Symbol.dispose]();
  return { phases: [warm, phase], problems };
}

function excess({ beforeMiB, mostMiB }: Phase, silentCount: number): string[] {
  const allowed = silentCount * MAX_SILENT_MIB + MAX_OTHER_MIB;
  return mostMiB - beforeMiB > allowed ? [`memory rose from ${beforeMiB} to ${mostMiB} MiB`] : [];
}

interface Measurement {
  readonly name: string;
  readonly server: ServerProcess;
  readonly broadcast: Broadcast;
  readonly listeners: Listeners;
  readonly perSecond: number;
  readonly phaseMs: number;
}

/** Sends at a steady rate and measures how long each message takes to each listener. */
async function measure(options: Measurement): Promise<Phase> {
  const { name, server, broadcast, listeners, perSecond, phaseMs } = options;
  const pid = server.process.pid ?? 0;
  const latenciesMs: number[] = [];
  listeners.onMessage = (number) => latenciesMs.push(performance.now() - broadcast.sentAtMs(number));
  const beforeMiB = residentMiB(pid);
  let mostMiB = beforeMiB;
  const startedAtMs = performance.now();
  for (let sent = 0; sent < (perSecond * phaseMs) / 1_000; sent++) {
    const dueInMs = startedAtMs + (sent * 1_000) / perSecond - performance.now();
    if (dueInMs > 0) await after(dueInMs);
    await broadcast.send();
    mostMiB = Math.max(mostMiB, residentMiB(pid));
  }
  await eventually(() => listeners.haveReached(broadcast.count - 1), "listeners with everything");
  listeners.onMessage = () => {};
  latenciesMs.sort((one, other) => one - other);
  const percentile = (share: number): number =>
    Math.round((latenciesMs[Math.floor(share * (latenciesMs.length - 1))] ?? 0) * 10) / 10;
  return {
    name,
    p50Ms: percentile(0.5),
    p90Ms: percentile(0.9),
    p99Ms: percentile(0.99),
    beforeMiB,
    mostMiB,
  };
}
