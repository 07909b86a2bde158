import { setTimeout as pause } from "node:timers/promises";
import { v1 } from "@confab/protocol";
import { readCpu } from "../cpu.ts";
import { makeDataFolder } from "../disk.ts";
import { flatMapInTurn, forEachOf } from "../many.ts";
import { type Account, ConfabClient } from "../peers/client.ts";
import { startConfab } from "../peers/confab.ts";
import { type CaughtUp, type Cursors, catchUp } from "../peers/live-stream.ts";
import type { ServerProcess } from "../processes.ts";
import type { Runtime } from "../runtimes.ts";
import type { BenchOptions, Scenario } from "../scenario.ts";
import { median, significant } from "../statistics.ts";
import { atMost } from "../targets.ts";
import { TEXT } from "../text.ts";

const ROOMS = 10_000;
const SHORT_ROOMS = 500;
const AT_ONCE = 64;
const MAX_CPU_MS = 3_000;
const IDLE_POLL_MS = 500;
const MAX_IDLE_POLLS = 40;
/** The most CPU time that an idle server's timers use between two polls. */
const IDLE_CPU_US = 10_000;

function roomsOf({ isShort }: BenchOptions): number {
  return isShort ? SHORT_ROOMS : ROOMS;
}

/** The frames that a stream starts with. */
const greetings = {
  fresh: "fresh: a snapshot of each room",
  resumed: "resumed: a message in each room",
  "nothing-new": "resumed: nothing new",
} as const;
type Greeting = keyof typeof greetings;

interface ResumeFigure {
  readonly runtime: Runtime;
  readonly greeting: Greeting;
  readonly rooms: number;
  /** From Hello to Ready, medians of the rounds. */
  readonly serverCpuMs: number;
  readonly mainThreadMs: number;
  readonly storeThreadMs: number;
  readonly wallMs: number;
  readonly responses: number;
}

interface Caught extends CaughtUp {
  readonly serverCpuMs: number;
  readonly mainThreadMs: number;
  readonly storeThreadMs: number;
  readonly wallMs: number;
}

/** The cost of coming back for a user in very many rooms. */
export const resume: Scenario = {
  name: "resume",
  summary: `one user in ${ROOMS.toLocaleString("en")} rooms: from Hello to Ready, a message in each room while away`,
  isLong: true,

  async run(options) {
    const figures = await flatMapInTurn(options.runtimes, (runtime) => measureRuntime(runtime, options));
    return {
      table: {
        columns: ["stream", "CPU ms", "main", "store", "wall ms", "responses"],
        rows: figures.map((figure) => [
          `${figure.runtime}, ${greetings[figure.greeting]}`,
          figure.serverCpuMs.toFixed(0),
          figure.mainThreadMs.toFixed(0),
          figure.storeThreadMs.toFixed(0),
          figure.wallMs.toFixed(0),
          String(figure.responses),
        ]),
      },
      figures,
      targets: figures
        .filter(({ greeting }) => greeting === "resumed")
        .map(({ runtime, serverCpuMs }) =>
          atMost(
            MAX_CPU_MS,
            `on ${runtime}: ms of the server's CPU from Hello to Ready, a message in each room`,
            serverCpuMs,
          ),
        ),
      notes: [
        `Medians of ${options.rounds} rounds with the same ${roomsOf(options).toLocaleString("en")} rooms, one stream at a time, on an otherwise idle server.`,
        "CPU is of the whole server process; main and store are two of its threads.",
        "Wall time is the client's, which decodes everything.",
      ],
    };
  },

  profile: () => Promise.resolve([]),
};

async function measureRuntime(runtime: Runtime, options: BenchOptions): Promise<readonly ResumeFigure[]> {
  using folder = makeDataFolder();
  await using confab = await startConfab({ runtime, dataFolder: folder.path });
  using client = new ConfabClient(confab.port);
  const sender = await client.register("sender");
  const reader = await client.register("reader");
  const count = roomsOf(options);
  options.progress(`${runtime}: making ${count} rooms`);
  const roomIds = await makeRooms(client, { sender, reader, count });

  const measured: Record<Greeting, Caught[]> = { fresh: [], resumed: [], "nothing-new": [] };
  const listen = async (greeting: Greeting, cursors: Cursors, expected: Expected): Promise<void> => {
    await untilIdle(confab);
    const caught = await measure(confab, () => catchUp(client, reader, cursors));
    check(caught, expected);
    measured[greeting].push(caught);
  };
  for (let round = 1; round <= options.rounds; round++) {
    options.progress(`${runtime}, round ${round} of ${options.rounds}`);
    const cursors: Cursors = new Map();
    await listen("fresh", cursors, { rooms: count, messages: 0, outcome: v1.ResumeOutcome.FRESH });
    await forEachOf(count, AT_ONCE, (index) => {
      const message = { roomId: roomIds[index] ?? "", text: TEXT };
      return client.unary(v1.ChatService.method.sendMessage, message, sender);
    });
    await listen("resumed", cursors, { rooms: 0, messages: count, outcome: v1.ResumeOutcome.RESUMED });
    await listen("nothing-new", cursors, { rooms: 0, messages: 0, outcome: v1.ResumeOutcome.RESUMED });
  }
  return (Object.keys(greetings) as Greeting[]).map((greeting) => {
    const middle = (of: (caught: Caught) => number): number =>
      significant(median(measured[greeting].map(of)));
    return {
      runtime,
      greeting,
      rooms: count,
      serverCpuMs: middle((caught) => caught.serverCpuMs),
      mainThreadMs: middle((caught) => caught.mainThreadMs),
      storeThreadMs: middle((caught) => caught.storeThreadMs),
      wallMs: middle((caught) => caught.wallMs),
      responses: middle((caught) => caught.responses),
    };
  });
}

/** Makes rooms with both users in them. Returns their ids. */
async function makeRooms(
  client: ConfabClient,
  { sender, reader, count }: { readonly sender: Account; readonly reader: Account; readonly count: number },
): Promise<readonly string[]> {
  const roomIds: string[] = [];
  await forEachOf(count, AT_ONCE, async (index) => {
    const roomId = await client.createRoom(sender, `room ${index}`);
    roomIds[index] = roomId;
    await client.unary(v1.RoomService.method.addMembers, { roomId, userIds: [reader.id] }, reader);
  });
  return roomIds;
}

type Expected = Pick<CaughtUp, "rooms" | "messages" | "outcome">;

function check({ rooms, messages, gaps, outcome }: CaughtUp, expected: Expected): void {
  const isRight =
    rooms === expected.rooms && messages === expected.messages && gaps === 0 && outcome === expected.outcome;
  if (isRight) return;
  throw new Error(
    `the stream brought ${rooms} rooms, ${messages} messages and ${gaps} gaps, not ${expected.rooms}, ${expected.messages} and 0`,
  );
}

async function measure({ pid }: ServerProcess, act: () => Promise<CaughtUp>): Promise<Caught> {
  const before = readCpu(pid);
  const startedAtMs = performance.now();
  const caught = await act();
  const wallMs = performance.now() - startedAtMs;
  const after = readCpu(pid);
  if (!before || !after) throw new Error("this scenario needs Linux: it reads the server's CPU time");
  return {
    ...caught,
    wallMs,
    serverCpuMs: (after.processUs - before.processUs) / 1_000,
    mainThreadMs: (after.mainThreadUs - before.mainThreadUs) / 1_000,
    storeThreadMs: (after.workersUs - before.workersUs) / 1_000,
  };
}

/** Waits until the server has finished its earlier work. @throws Error if it does not come to rest */
async function untilIdle({ pid }: ServerProcess): Promise<void> {
  let lastUs = readCpu(pid)?.processUs ?? 0;
  for (let poll = 0; poll < MAX_IDLE_POLLS; poll++) {
    await pause(IDLE_POLL_MS);
    const nowUs = readCpu(pid)?.processUs ?? 0;
    if (nowUs - lastUs <= IDLE_CPU_US) return;
    lastUs = nowUs;
  }
  throw new Error("the server does not come to rest");
}
