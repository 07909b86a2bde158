import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { v1 } from "@confab/protocol";
import { type DataFolder, makeDataFolder } from "../disk.ts";
import { generate } from "../load/generate.ts";
import type { Load, Measurement } from "../load/measure.ts";
import { NUMBER_PLACE } from "../load/numbering.ts";
import { flatMapInTurn } from "../many.ts";
import { ConfabClient, encode, pathOf } from "../peers/client.ts";
import { startConfab } from "../peers/confab.ts";
import { profilingOptions, readProfiles } from "../profile.ts";
import type { Runtime } from "../runtimes.ts";
import type { BenchOptions, Profile, Scenario } from "../scenario.ts";
import { TEXT } from "../text.ts";
import {
  type StreamCase,
  type StreamFigure,
  toStreamFigures,
  toStreamTable,
  toStreamTargets,
} from "./stream-figures.ts";

const WARM_UP_MS = 1_500;

/** One at a time comes last: it makes too few calls to warm up the server's compilers. */
const measuredCases: readonly Omit<StreamCase, "runtime">[] = [
  { kind: "unary", concurrency: 100, streams: 1 },
  { kind: "stream", concurrency: 200, streams: 1 },
  { kind: "stream", concurrency: 800, streams: 4 },
  { kind: "unary", concurrency: 1, streams: 1 },
];

/** The gain of a pipelined stream, for a client that sends much and for the server. */
export const stream: Scenario = {
  name: "stream",
  summary: "sends on one Connect stream, 200 unanswered, beside the same account's unary SendMessage",

  async run(options) {
    using folder = makeDataFolder();
    const figures = await flatMapInTurn(options.runtimes, (runtime) =>
      measureRuntime(runtime, folder, options),
    );
    return {
      table: toStreamTable(figures),
      figures,
      targets: toStreamTargets(figures),
      notes: describe(folder, options),
    };
  },

  profile: (options) => flatMapInTurn(options.runtimes, (runtime) => profileRuntime(runtime, options)),
};

async function measureRuntime(
  runtime: Runtime,
  folder: DataFolder,
  options: BenchOptions,
): Promise<readonly StreamFigure[]> {
  const cases = measuredCases.map((each): StreamCase => ({ runtime, ...each }));
  const measured = new Map(cases.map((each) => [each, [] as Measurement[]]));
  for (let round = 1; round <= options.rounds; round++) {
    options.progress(`${runtime}, round ${round} of ${options.rounds}`);
    const dataFolder = join(folder.path, `${runtime}-${round}`);
    await using room = await openRoom({ runtime, dataFolder });
    for (const [each, measurements] of measured) {
      const measurement = await generate(room.load(each, options), options.generatorRuntime);
      await room.expectStored(measurement.calls);
      measurements.push(measurement);
    }
  }
  return toStreamFigures(measured);
}

async function profileRuntime(runtime: Runtime, options: BenchOptions): Promise<readonly Profile[]> {
  using folder = makeDataFolder();
  const profiles = join(folder.path, "profiles");
  {
    const dataFolder = join(folder.path, "data");
    await using room = await openRoom({ runtime, dataFolder, runtimeOptions: profilingOptions(profiles) });
    options.progress(`${runtime}: profiling`);
    const load = room.load({ runtime, kind: "stream", concurrency: 200, streams: 1 }, options);
    await generate(load, options.generatorRuntime);
  }
  return readProfiles(profiles, runtime);
}

interface OpenRoom extends AsyncDisposable {
  /** A load of sends into the room, from its one member. */
  load(each: StreamCase, options: BenchOptions): Load;
  /** Checks that at least `count` messages have arrived since the last check. @throws Error if they haven't */
  expectStored(count: number): Promise<void>;
}

/** Starts a server with one account, alone in its room. */
async function openRoom(options: Parameters<typeof startConfab>[0]): Promise<OpenRoom> {
  const confab = await startConfab(options);
  const client = new ConfabClient(confab.port);
  const account = await client.register("bench");
  const { metadata } = account;
  const roomId = await client.createRoom(account, "bench");
  let knownSeq = 0;
  return {
    load({ kind, concurrency, streams }, { seconds }) {
      return {
        kind,
        ...toCall(kind, roomId),
        metadata,
        concurrency,
        streams,
        port: confab.port,
        serverPid: confab.pid,
        warmUpMs: WARM_UP_MS,
        measureMs: seconds * 1_000,
        dataFolder: options.dataFolder,
      };
    },
    async expectStored(count) {
      const { room } = await client.unary(v1.RoomService.method.getRoom, { roomId }, account);
      const lastSeq = Number(room?.lastSeq);
      if (lastSeq - knownSeq < count) {
        throw new Error(`${count} sends were acknowledged, ${lastSeq - knownSeq} messages were stored`);
      }
      knownSeq = lastSeq;
    },
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
      await confab[Symbol.asyncDispose]();
    },
  };
}

/** Each send has its own id, so the server must look for a repeat, as for every client that retries. */
function toCall(kind: Load["kind"], roomId: string): Pick<Load, "path" | "message"> {
  const { sendMessage, connect } = v1.ChatService.method;
  const send = { roomId, text: TEXT, clientMessageId: `${randomUUID()}-${NUMBER_PLACE}` };
  switch (kind) {
    case "unary":
      return { path: pathOf(sendMessage), message: encode(sendMessage.input, send) };
    case "stream": {
      const command = { case: "sendMessage", value: send } as const;
      return {
        path: pathOf(connect),
        message: encode(connect.input, { commandId: NUMBER_PLACE, command }),
      };
    }
    default:
      return kind satisfies never;
  }
}

function describe({ fileSystem, isInMemory }: DataFolder, options: BenchOptions): readonly string[] {
  const place = isInMemory ? "IN MEMORY, so that syncs cost nothing," : "on a disk";
  return [
    `One connection, or four of one account with a stream each; medians of ${options.rounds} rounds of ${options.seconds} s, each in a new server process, the rows in the order of the measurements.`,
    `The data folder is ${place} (${fileSystem}), synchronous=FULL: every send is synced before its answer.`,
    "The room has one member. The stream hears of each of its messages as well as having it answered.",
    "CPU is of the whole server process; main and store are two of its threads.",
  ];
}
