import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { v1 } from "@confab/protocol";
import { fanOut } from "../load/fan-out.ts";
import { generate } from "../load/generate.ts";
import type { Load } from "../load/measure.ts";
import { encode, pathOf } from "../peers/client.ts";
import { startConfab } from "../peers/confab.ts";
import { copyLongRoom, shapeOf } from "../peers/copied-room.ts";
import { confabConnect } from "../peers/fan-out/confab.ts";
import type { Runtime } from "../runtimes.ts";
import type { BenchOptions } from "../scenario.ts";
import { median, significant } from "../statistics.ts";
import { TEXT } from "../text.ts";

const { sendMessage } = v1.ChatService.method;

const WARM_UP_SECONDS = 1.5;
const DELIVERIES_PER_SECOND = 20_000;
const WINDOW = 256;
const NUMBERS_PER_LOAD = 1e9;
const SENDS_AT_ONCE = 100;

/** The cost of one delivery or one send at one size. Null means that the operating system doesn't report it. */
export interface ScalingPoint {
  readonly runtime: Runtime;
  readonly name: string;
  readonly x: number;
  readonly cpuUs: number | null;
  readonly mainThreadUs: number | null;
  readonly workersUs: number | null;
  readonly perSecond: number;
}

interface Stage {
  readonly runtime: Runtime;
  /** Data folders are made in this folder. */
  readonly folder: string;
  readonly options: BenchOptions;
}

/** The server's CPU time for a number of operations. */
interface Cost {
  readonly times: number;
  readonly seconds: number;
  readonly serverCpuUs: number | null;
  readonly serverMainThreadUs: number | null;
  readonly serverWorkersUs: number | null;
}

/** Measures one server with one room and a growing number of listeners. */
export async function measureDeliveries(
  { runtime, folder, options }: Stage,
  counts: readonly number[],
): Promise<readonly ScalingPoint[]> {
  const rounds = new Map(counts.map((count) => [count, [] as Cost[]]));
  for (let round = 1; round <= options.rounds; round++) {
    const own = join(folder, `deliveries-${round}`);
    mkdirSync(own, { recursive: true });
    await using room = await confabConnect.start({ runtime, folder: own });
    for (const [index, listeners] of counts.entries()) {
      options.progress(`${runtime}, round ${round} of ${options.rounds}: ${listeners} listeners`);
      const { deliveries, ...measured } = await fanOut(
        {
          port: room.server.port,
          serverPid: room.server.pid,
          protocol: room.protocol,
          listeners,
          rate: DELIVERIES_PER_SECOND / listeners,
          window: WINDOW,
          warmUpSeconds: WARM_UP_SECONDS,
          measureSeconds: options.seconds,
          firstNumber: (index + 1) * NUMBERS_PER_LOAD,
        },
        options.generatorRuntime,
      );
      rounds.get(listeners)?.push({ ...measured, times: deliveries });
    }
  }
  return [...rounds].map(([count, costs]) =>
    toPoint({ runtime, x: count, name: `a delivery to ${count.toLocaleString("en")} listeners` }, costs),
  );
}

/** Measures one server for each number of messages already stored. */
export async function measureSends(
  { runtime, folder, options }: Stage,
  counts: readonly number[],
): Promise<readonly ScalingPoint[]> {
  const points: ScalingPoint[] = [];
  for (const stored of counts) {
    const costs: Cost[] = [];
    for (let round = 1; round <= options.rounds; round++) {
      options.progress(`${runtime}, round ${round} of ${options.rounds}: ${stored} messages stored`);
      const dataFolder = join(folder, `sends-${stored}-${round}`);
      costs.push(await measureSend({ runtime, dataFolder, stored, options }));
    }
    points.push(
      toPoint({ runtime, x: stored, name: `a send with ${stored.toLocaleString("en")} stored` }, costs),
    );
  }
  return points;
}

interface SendStage {
  readonly runtime: Runtime;
  readonly dataFolder: string;
  readonly stored: number;
  readonly options: BenchOptions;
}

async function measureSend({ runtime, dataFolder, stored, options }: SendStage): Promise<Cost> {
  const { roomId, account } = await copyLongRoom(dataFolder, runtime, shapeOf(stored));
  await using confab = await startConfab({ runtime, dataFolder });
  const load: Load = {
    kind: "unary",
    path: pathOf(sendMessage),
    metadata: account.metadata,
    message: encode(sendMessage.input, { roomId, text: TEXT }),
    port: confab.port,
    serverPid: confab.pid,
    concurrency: SENDS_AT_ONCE,
    dataFolder,
    warmUpMs: WARM_UP_SECONDS * 1_000,
    measureMs: options.seconds * 1_000,
  };
  const { calls, ...measured } = await generate(load, options.generatorRuntime);
  return { ...measured, times: calls };
}

function toPoint(what: Pick<ScalingPoint, "runtime" | "name" | "x">, costs: readonly Cost[]): ScalingPoint {
  const each = (of: (cost: Cost) => number | null): number | null => {
    const value = median(costs.map((cost) => (of(cost) ?? Number.NaN) / cost.times));
    return Number.isNaN(value) ? null : significant(value);
  };
  return {
    ...what,
    cpuUs: each((cost) => cost.serverCpuUs),
    mainThreadUs: each((cost) => cost.serverMainThreadUs),
    workersUs: each((cost) => cost.serverWorkersUs),
    perSecond: significant(median(costs.map(({ times, seconds }) => times / seconds))),
  };
}
