import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type DataFolder, makeDataFolder } from "../disk.ts";
import { type FanOutMeasurement, fanOut, fanOutGenerator } from "../load/fan-out.ts";
import { flatMapInTurn } from "../many.ts";
import { mosquitto, nats, redis } from "../peers/fan-out/brokers.ts";
import { confabConnect, confabReceive } from "../peers/fan-out/confab.ts";
import { confabSubscribe } from "../peers/fan-out/confab-web.ts";
import { ejabberd } from "../peers/fan-out/ejabberd.ts";
import { grpcJs } from "../peers/fan-out/grpc-js.ts";
import { limitCoalesced, limitOfOneWrite } from "../peers/fan-out/limit.ts";
import type { FanOutPeer, Room } from "../peers/fan-out/peer.ts";
import { socketIo } from "../peers/fan-out/socket-io.ts";
import { profilingOptions, readProfiles } from "../profile.ts";
import type { Runtime } from "../runtimes.ts";
import type { BenchOptions, Profile, Scenario } from "../scenario.ts";
import { type FanOutCase, FLAT_OUT, nameOf } from "./fan-out-case.ts";
import { toFanOutFigures, toFanOutTable } from "./fan-out-figures.ts";
import { toFanOutTargets } from "./fan-out-targets.ts";

const WARM_UP_SECONDS = 1.5;
const SHORT_WARM_UP_SECONDS = 0.5;
/** Messages in flight at most: a few hundred kilobytes for each listener. */
const WINDOW = 256;
const NUMBERS_PER_LOAD = 1e9;

const RATES = [20, 300, FLAT_OUT];
/** The larger room has this many times the listeners. Only Connect is measured in it, at the lowest rate. */
const LARGER = 5;

/** The rates at which each peer is part of a promise. The others are measured once. */
const promised: ReadonlyMap<FanOutPeer, readonly number[]> = new Map([
  [confabConnect, RATES],
  [confabSubscribe, [20]],
  [confabReceive, [FLAT_OUT]],
  [socketIo, [20, FLAT_OUT]],
  [nats, [FLAT_OUT]],
  [limitOfOneWrite, [20]],
  [limitCoalesced, [FLAT_OUT]],
]);

const peers: readonly FanOutPeer[] = [
  confabConnect,
  confabSubscribe,
  socketIo,
  confabReceive,
  grpcJs,
  nats,
  redis,
  mosquitto,
  ejabberd,
  limitOfOneWrite,
  limitCoalesced,
];

/** One room with one sender and many listeners. */
export const fanOutScenario: Scenario = {
  name: "fanout",
  summary: "one room: 20 and 300 messages a second, and as many as go, to every listener",

  async run(options) {
    using folder = makeDataFolder();
    const present = peers.filter((peer) => peer.missing() === null);
    const cases = present.flatMap((peer) => casesOf(peer, options));
    const measured = new Map(cases.map((each) => [each, [] as FanOutMeasurement[]]));
    for (let round = 1; round <= options.rounds; round++) {
      const now = cases.filter(({ isBeside }) => round === 1 || !isBeside);
      for (const subject of Map.groupBy(now, toSubject).values()) {
        await measureSubject(subject, measured, { folder, round, options });
      }
    }
    const figures = toFanOutFigures(measured);
    return {
      table: toFanOutTable(figures),
      figures,
      targets: toFanOutTargets(figures, options.listeners),
      notes: describe(folder, options),
    };
  },

  profile: (options) =>
    flatMapInTurn(options.runtimes, (runtime) =>
      flatMapInTurn([20, FLAT_OUT], (rate) => profileConnect(runtime, rate, options)),
    ),
};

function casesOf(peer: FanOutPeer, options: BenchOptions): readonly FanOutCase[] {
  const { runtimes, listeners, isShort } = options;
  const count = Math.min(listeners, peer.maxListeners ?? listeners);
  return (peer.hasRuntimes ? runtimes : [null]).flatMap((runtime) => {
    const cases = RATES.filter((rate) => peer.rates?.includes(rate) ?? true).map((rate) => {
      const isBeside = !promised.get(peer)?.includes(rate);
      return { peer, runtime, listeners: count, rate, isBeside };
    });
    const inLarger = { peer, runtime, listeners: listeners * LARGER, rate: 20, isBeside: false };
    const all = peer === confabConnect ? [...cases, inLarger] : cases;
    return all.filter(({ isBeside, rate }) => !isShort || !isBeside || rate === FLAT_OUT);
  });
}

/** Cases with the same subject share one process. */
function toSubject({ peer, runtime, rate }: FanOutCase): string {
  return `${peers.indexOf(peer)}-${runtime}${peer.needsNewProcess ? `-${rate}` : ""}`;
}

interface Round {
  readonly folder: DataFolder;
  readonly round: number;
  readonly options: BenchOptions;
}

/** Runs all loads of one server on one runtime, in a new process. */
async function measureSubject(
  cases: readonly FanOutCase[],
  measured: ReadonlyMap<FanOutCase, FanOutMeasurement[]>,
  { folder, round, options }: Round,
): Promise<void> {
  const [first] = cases;
  if (!first) return;
  const { peer, runtime } = first;
  options.progress(`round ${round} of ${options.rounds}: ${peer.name}${runtime ? ` on ${runtime}` : ""}`);
  const own = join(folder.path, `${toSubject(first)}-${round}`);
  mkdirSync(own);
  await using room = await peer.start({ runtime: runtime ?? "node", folder: own });
  for (const [index, each] of cases.entries()) {
    measured.get(each)?.push(await load(room, each, { options, index }));
  }
}

function load(
  { server, protocol }: Room,
  { listeners, rate }: Pick<FanOutCase, "listeners" | "rate">,
  { options, index }: { readonly options: BenchOptions; readonly index: number },
): Promise<FanOutMeasurement> {
  return fanOut(
    {
      port: server.port,
      serverPid: server.pid,
      protocol,
      listeners,
      rate,
      window: WINDOW,
      warmUpSeconds: options.isShort ? SHORT_WARM_UP_SECONDS : WARM_UP_SECONDS,
      measureSeconds: options.seconds,
      firstNumber: (index + 1) * NUMBERS_PER_LOAD,
    },
    options.generatorRuntime,
  );
}

async function profileConnect(
  runtime: Runtime,
  rate: number,
  options: BenchOptions,
): Promise<readonly Profile[]> {
  using folder = makeDataFolder();
  const profiles = join(folder.path, "profiles");
  {
    const runtimeOptions = profilingOptions(profiles);
    await using room = await confabConnect.start({
      runtime,
      folder: join(folder.path, "data"),
      runtimeOptions,
    });
    options.progress(`${runtime}: profiling ${nameOf(rate)}`);
    await load(room, { listeners: options.listeners, rate }, { options, index: 0 });
  }
  return readProfiles(profiles, `${runtime}, ${options.listeners} listeners, ${nameOf(rate)}`);
}

function describe({ fileSystem, isInMemory }: DataFolder, options: BenchOptions): readonly string[] {
  const place = isInMemory ? "IN MEMORY, so that syncs cost nothing," : "on a disk";
  const skipped = peers.flatMap((peer) => {
    const reason = peer.missing();
    return reason === null ? [] : [`${peer.name} was skipped: ${reason}.`];
  });
  return [
    `A connection for each listener, one more sends; medians of ${options.rounds} rounds of ${options.seconds} s, each in new processes, in which the servers take turns; of what is in no promise, of the first round.`,
    `Confab's data folder is ${place} (${fileSystem}), synchronous=FULL: every message is synced before it is answered and handed on. Its listeners are streams of ten accounts, or guests of ReceiveMessage.`,
    `Flat out, ${WINDOW} messages are on their way at any time, and another is sent when one has reached everyone; where a rate can't be kept, as many hold the sender back.`,
    `Last is the time from a message's sending to its last listener; lost and disorder count the deliveries that did not come within 10 s of the end, or not in order. The generator is in ${fanOutGenerator(options.generatorRuntime)}.`,
    "CPU is of the whole server process; KiB is what it grew by when the first listeners came, for each.",
    ...skipped,
  ];
}
