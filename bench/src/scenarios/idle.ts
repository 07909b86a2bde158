import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type DataFolder, makeDataFolder } from "../disk.ts";
import { type FanOutMeasurement, fanOut } from "../load/fan-out.ts";
import { flatMapInTurn } from "../many.ts";
import { confabConnect } from "../peers/fan-out/confab.ts";
import { grpcJs } from "../peers/fan-out/grpc-js.ts";
import type { FanOutPeer } from "../peers/fan-out/peer.ts";
import { socketIo } from "../peers/fan-out/socket-io.ts";
import { profilingOptions, readProfiles } from "../profile.ts";
import type { Runtime } from "../runtimes.ts";
import type { BenchOptions, Scenario } from "../scenario.ts";
import { median, significant } from "../statistics.ts";
import { atMost, best, type Target } from "../targets.ts";

/** Streams for each listener of the one-room scenarios. */
const TIMES_LISTENERS = 10;
/** Long enough for one heartbeat on each stream. */
const HEARTBEAT_SECONDS = 25;
/** For a server that sends nothing by itself, or where the figures do not matter. */
const FEW_SECONDS = 5;
/** Time for compilers and garbage collectors to finish after the streams opened. */
const SETTLE_SECONDS = 10;
const MAX_KIB = 30;
const MAX_CPU_PERCENT = 2;
const BYTES_PER_KIB = 1024;

const peers: readonly FanOutPeer[] = [confabConnect, socketIo, grpcJs];

function secondsOf(peer: FanOutPeer, { isShort }: BenchOptions): number {
  return isShort || peer === grpcJs ? FEW_SECONDS : HEARTBEAT_SECONDS;
}

interface IdleFigure {
  readonly server: string;
  readonly runtime: Runtime;
  readonly omits: string;
  readonly streams: number;
  /** Memory growth for each stream; null if the operating system doesn't report it. */
  readonly kibPerStream: number | null;
  /** Percent of one core. */
  readonly cpuPercent: number | null;
  readonly openedPerSecond: number;
}

/** The cost of streams on which nothing happens. */
export const idle: Scenario = {
  name: "idle",
  summary: "open streams on which nothing happens: the server's memory for each, and its CPU",
  isLong: true,

  async run(options) {
    using folder = makeDataFolder();
    const figures: IdleFigure[] = [];
    for (const peer of peers) {
      for (const runtime of options.runtimes) figures.push(await measurePeer(peer, runtime, folder, options));
    }
    return {
      table: {
        columns: ["server", "streams", "KiB/stream", "CPU % of a core", "opened/s", "does not"],
        rows: figures.map((figure) => [
          `${figure.server}, ${figure.runtime}`,
          figure.streams.toLocaleString("en"),
          figure.kibPerStream?.toFixed(1) ?? "-",
          figure.cpuPercent?.toFixed(1) ?? "-",
          figure.openedPerSecond.toLocaleString("en"),
          figure.omits,
        ]),
      },
      figures,
      targets: toTargets(figures),
      notes: [
        `A connection for each stream; medians of ${options.rounds} rounds, each in a new process; CPU from ${SETTLE_SECONDS} s after the last was opened, over ${secondsOf(confabConnect, options)} s, in which each of Confab's streams has a heartbeat, and socket.io's a ping; ${FEW_SECONDS} s for grpc-js, which has nothing like it.`,
        "KiB is what the process has more in memory than before, half a second after the last stream was opened: garbage of the opening is in it.",
        "Confab's streams are of ten accounts, all in one room.",
      ],
    };
  },

  profile: (options) =>
    flatMapInTurn(options.runtimes, async (runtime) => {
      using folder = makeDataFolder();
      const path = join(folder.path, "profiles");
      await measure(confabConnect, runtime, { folder, options, runtimeOptions: profilingOptions(path) });
      return readProfiles(path, runtime);
    }),
};

async function measurePeer(
  peer: FanOutPeer,
  runtime: Runtime,
  folder: DataFolder,
  options: BenchOptions,
): Promise<IdleFigure> {
  const rounds: FanOutMeasurement[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    options.progress(`round ${round} of ${options.rounds}: ${peer.name} on ${runtime}`);
    rounds.push(await measure(peer, runtime, { folder, options, runtimeOptions: [] }));
  }
  const middle = (of: (round: FanOutMeasurement) => number | null): number | null => {
    const values = rounds.map((round) => of(round) ?? Number.NaN);
    return values.some(Number.isNaN) ? null : significant(median(values));
  };
  const streams = options.listeners * TIMES_LISTENERS;
  return {
    server: peer.name,
    runtime,
    omits: peer.omits,
    streams,
    kibPerStream: middle(({ serverGrowthBytes: bytes }) => bytes && bytes / BYTES_PER_KIB / streams),
    cpuPercent: middle(({ serverCpuUs, seconds }) => serverCpuUs && serverCpuUs / 1e4 / seconds),
    openedPerSecond: middle(({ openSeconds }) => streams / openSeconds) ?? 0,
  };
}

interface MeasureOptions {
  readonly folder: DataFolder;
  readonly options: BenchOptions;
  readonly runtimeOptions: readonly string[];
}

async function measure(
  peer: FanOutPeer,
  runtime: Runtime,
  { folder, options, runtimeOptions }: MeasureOptions,
): Promise<FanOutMeasurement> {
  const own = join(folder.path, String(performance.now()));
  mkdirSync(own);
  await using room = await peer.start({ runtime, folder: own, runtimeOptions });
  return await fanOut(
    {
      port: room.server.port,
      serverPid: room.server.pid,
      protocol: room.protocol,
      listeners: options.listeners * TIMES_LISTENERS,
      rate: 0,
      window: 0,
      warmUpSeconds: SETTLE_SECONDS,
      measureSeconds: secondsOf(peer, options),
      firstNumber: 1,
      isSilent: true,
    },
    options.generatorRuntime,
  );
}

function toTargets(figures: readonly IdleFigure[]): readonly Target[] {
  const least = (server: string, of: "kibPerStream" | "cpuPercent"): IdleFigure | undefined =>
    best(
      figures.filter((each) => each.server === server),
      "lowest",
      (each) => each[of],
    );
  const target = (of: "kibPerStream" | "cpuPercent", limit: number, unit: string): readonly Target[] => {
    const confab = least(confabConnect.name, of);
    const peer = least(socketIo.name, of);
    if (!confab) return [];
    const claim = `idle, ${confab.streams.toLocaleString("en")} streams: ${unit}`;
    const reading = {
      confab: `${confab[of]} on ${confab.runtime}`,
      ...(peer && { peer: `socket.io ${peer[of]} on ${peer.runtime}`, peerOmits: peer.omits }),
    };
    return [atMost(limit, claim, confab[of] ?? Number.NaN, reading)];
  };
  return [
    ...target("kibPerStream", MAX_KIB, "KiB of the server's memory for each"),
    ...target("cpuPercent", MAX_CPU_PERCENT, "% of a core"),
  ];
}
