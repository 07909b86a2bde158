import { cpSync } from "node:fs";
import { join } from "node:path";
import { type DataFolder, makeDataFolder } from "../disk.ts";
import type { ListenerMeasurement } from "../load/listener-program.ts";
import { talkInRooms } from "../load/rooms.ts";
import { flatMapInTurn } from "../many.ts";
import { nativeProgram } from "../native.ts";
import { startConfab } from "../peers/confab.ts";
import { startSocketIo } from "../peers/fan-out/socket-io.ts";
import { confabRooms, type FilledRooms, fillRooms } from "../peers/rooms/confab.ts";
import { clientsOf, MEMBERS, type RoomsShape } from "../peers/rooms/shape.ts";
import { socketIoRooms } from "../peers/rooms/socket-io.ts";
import type { ServerProcess } from "../processes.ts";
import { profilingOptions, readProfiles } from "../profile.ts";
import type { Runtime } from "../runtimes.ts";
import type { BenchOptions, Profile, Scenario } from "../scenario.ts";
import { type RoomsCase, toRoomsFigures, toRoomsTable, toRoomsTargets } from "./rooms-figures.ts";

const WARM_UP_SECONDS = 2;
const NUMBERS_PER_LOAD = 1e9;

/** Many small rooms with people talking in all of them at the same time. */
export const rooms: Scenario = {
  name: "rooms",
  summary: `many rooms of ${MEMBERS}, everyone talks: messages delivered a second, beside socket.io`,
  isLong: true,

  async run(options) {
    if (!nativeProgram("rooms")) throw new Error("the scenario rooms needs gcc, for its generator");
    using folder = makeDataFolder();
    const measured = new Map<RoomsCase, ListenerMeasurement[]>();
    const cases = casesOf(options);
    for (const each of cases) measured.set(each, []);
    for (let round = 1; round <= options.rounds; round++) {
      await measureRound({ round, folder, options }, measured);
    }
    const figures = toRoomsFigures(measured);
    return {
      table: toRoomsTable(figures),
      figures,
      targets: toRoomsTargets(figures),
      notes: describe(folder, options),
    };
  },

  profile: (options) => flatMapInTurn(options.runtimes, (runtime) => profileConfab(runtime, options)),
};

/** One client for each member of each room; and clients in ten rooms each. */
function shapesOf({ listeners }: BenchOptions): readonly RoomsShape[] {
  return [
    { rooms: listeners, roomsPerClient: 1 },
    { rooms: listeners, roomsPerClient: MEMBERS },
  ];
}

function casesOf(options: BenchOptions): readonly RoomsCase[] {
  return (["Confab", "socket.io"] as const).flatMap((server) =>
    options.runtimes.flatMap((runtime) => shapesOf(options).map((shape) => ({ server, runtime, shape }))),
  );
}

interface Round {
  readonly round: number;
  readonly folder: DataFolder;
  readonly options: BenchOptions;
}

/** Measures every server on every runtime once. The rooms are made once; each of Confab's processes gets a copy. */
async function measureRound(
  { round, folder, options }: Round,
  measured: ReadonlyMap<RoomsCase, ListenerMeasurement[]>,
): Promise<void> {
  const { runtimes, progress } = options;
  const template = join(folder.path, `rooms-${round}`);
  progress(`round ${round} of ${options.rounds}: making the rooms and their members`);
  const filled = await fillRooms(template, runtimes[0] ?? "bun", shapesOf(options));
  for (const runtime of runtimes) {
    progress(`round ${round} of ${options.rounds}: Confab on ${runtime}`);
    const dataFolder = join(folder.path, `${runtime}-${round}`);
    cpSync(template, dataFolder, { recursive: true });
    await using confab = await startConfab({ runtime, dataFolder });
    for (const [index, each] of filled.entries()) {
      push("Confab", runtime, each.shape, await loadConfab(confab, each, { index, options }));
    }
  }
  for (const runtime of runtimes) {
    progress(`round ${round} of ${options.rounds}: socket.io on ${runtime}`);
    await using server = await startSocketIo(runtime);
    for (const [index, shape] of shapesOf(options).entries()) {
      push("socket.io", runtime, shape, await load(server, socketIoRooms(shape), { index, options }));
    }
  }

  function push(server: string, runtime: Runtime, shape: RoomsShape, heard: ListenerMeasurement): void {
    const found = [...measured].find(
      ([each]) =>
        each.server === server &&
        each.runtime === runtime &&
        each.shape.roomsPerClient === shape.roomsPerClient,
    );
    found?.[1].push(heard);
  }
}

interface LoadOptions {
  readonly index: number;
  readonly options: BenchOptions;
}

async function loadConfab(confab: ServerProcess, filled: FilledRooms, at: LoadOptions) {
  return load(confab, await confabRooms(confab.port, filled), at);
}

function load(
  { port, pid }: ServerProcess,
  protocol: Parameters<typeof talkInRooms>[0]["protocol"],
  { index, options }: LoadOptions,
): Promise<ListenerMeasurement> {
  return talkInRooms({
    port,
    serverPid: pid,
    protocol,
    warmUpSeconds: WARM_UP_SECONDS,
    measureSeconds: options.seconds,
    firstNumber: (index + 1) * NUMBERS_PER_LOAD,
  });
}

async function profileConfab(runtime: Runtime, options: BenchOptions): Promise<readonly Profile[]> {
  using folder = makeDataFolder();
  const profiles = join(folder.path, "profiles");
  const dataFolder = join(folder.path, "data");
  const [shape] = shapesOf(options);
  if (!shape) return [];
  const [filled] = await fillRooms(dataFolder, runtime, [shape]);
  if (!filled) return [];
  {
    const runtimeOptions = profilingOptions(profiles);
    await using confab = await startConfab({ runtime, dataFolder, runtimeOptions });
    options.progress(`${runtime}: profiling`);
    await loadConfab(confab, filled, { index: 0, options });
  }
  return readProfiles(profiles, `${runtime}, ${shape.rooms} rooms`);
}

function describe(folder: DataFolder, options: BenchOptions): readonly string[] {
  const [one, ten] = shapesOf(options).map((shape) => clientsOf(shape).toLocaleString("en"));
  return [
    `A connection with one stream for each client: ${one} clients in one room each, and ${ten} in ten rooms each. Medians of ${options.rounds} rounds of ${options.seconds} s.`,
    "In each room one message is on its way at any time; when it has reached all ten, another of them says the next. The sender gets its message as well.",
    `Confab's clients are guests, each with an account, a token and memberships of its own; every message is authorized, stored and synced before it is handed on (${folder.fileSystem}${folder.isInMemory ? ", IN MEMORY" : ""}). A room's maker is its eleventh member, without a stream.`,
    "socket.io has its rooms in memory, lets anyone say anything anywhere, and stores nothing.",
  ];
}
