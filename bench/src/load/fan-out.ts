import { setTimeout as pause } from "node:timers/promises";
import { type CpuTime, readCpu } from "../cpu.ts";
import { readMemory } from "../memory.ts";
import { nativeProgram } from "../native.ts";
import { ownProgram } from "../paths.ts";
import { runToEnd } from "../processes.ts";
import type { Runtime } from "../runtimes.ts";

/** Something to send, and the bytes in what comes that say it has been answered; any answer where there are none. */
export interface Step {
  readonly send: Buffer;
  readonly wait: Buffer;
  /** How much of it HTTP/2's windows count. */
  readonly countedBytes?: number;
}

/** How one listens to a server's room and sends into it, in bytes that nothing has to be known about. */
export interface FanOutProtocol {
  readonly isHttp2: boolean;
  /** What opens a listener's connection; there may be several ways, which take turns. */
  readonly listeners: readonly (readonly Step[])[];
  /** The same for one whose windows are small, so that the server notices when it reads slowly. */
  readonly slowListener?: readonly Step[];
  readonly sender: readonly Step[];
  /** One message, with `NUMBERED_MARK` in its text. */
  readonly message: Buffer;
  /** How much of it HTTP/2's windows count. */
  readonly messageCountedBytes?: number;
  /** Whether the sender is answered with `ANSWERED_MARK` and the message's number. */
  readonly hasAnswers: boolean;
}

export interface FanOutLoad {
  readonly port: number;
  readonly serverPid: number;
  readonly protocol: FanOutProtocol;
  readonly listeners: number;
  /** Messages a second; 0 sends as fast as they arrive. */
  readonly rate: number;
  /** How many messages may be on their way: sent, and not yet with every listener. */
  readonly window: number;
  /** Of the listeners, how many read only so many bytes a second. They are not counted. */
  readonly slow?: { readonly count: number; readonly bytesPerSecond: number };
  readonly warmUpSeconds: number;
  readonly measureSeconds: number;
  /** Greater than that of any earlier load of the same server by a few million. */
  readonly firstNumber: number;
  /** Opens the listeners and sends nothing. */
  readonly isSilent?: boolean;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What the listeners' program tells. */
interface Heard {
  readonly openSeconds: number;
  readonly seconds: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly bytes: number;
  /** Deliveries that had not come when the load ended. */
  readonly missing: number;
  /** Deliveries that did not follow on the one before. */
  readonly disorder: number;
  readonly unanswered: number;
  readonly ownCpuUs: number;
  readonly deliveryMs: Percentiles;
  /** From the sending of a message to its last listener. */
  readonly lastMs: Percentiles;
  readonly answerMs: Percentiles;
}

export interface FanOutMeasurement extends Heard {
  readonly listeners: number;
  readonly serverCpuUs: number | null;
  readonly serverMainThreadUs: number | null;
  readonly serverWorkersUs: number | null;
  /** How much the server grew when the listeners came, in bytes. */
  readonly serverGrowthBytes: number | null;
}

const OPEN_SECONDS = 60;
const DRAIN_SECONDS = 10;
const MOST_MESSAGES = 2_000_000;

/** Stands before a message's number. */
const MESSAGE_MARK = "~";
/** What a message's text begins with. */
export const NUMBERED_MARK = `${MESSAGE_MARK}${"0".repeat(12)}`;
/** What an answer has, with the number of the message. */
export const ANSWERED_MARK = `^${"0".repeat(12)}`;

/** What the generator is written in. */
export type FanOutGenerator = "C" | Runtime;

export function fanOutGenerator(fallback: Runtime): FanOutGenerator {
  return nativeProgram("listen") ? "C" : fallback;
}

/** Runs one load in a process of its own, and reads the server's CPU time at both ends of the measurement. */
export async function fanOut(load: FanOutLoad, generatorRuntime: Runtime): Promise<FanOutMeasurement> {
  const { serverPid } = load;
  const memoryBefore = readMemory(serverPid);
  const seen: { memory: number | null; before: CpuTime | null; after: CpuTime | null } = {
    memory: null,
    before: null,
    after: null,
  };
  const program = nativeProgram("listen");
  const output = await runToEnd(
    {
      ...(program
        ? { program, args: [] }
        : { runtime: generatorRuntime, args: [ownProgram("load/fan-out-listener")] }),
      input: toInput(load),
    },
    (phase) => {
      if (phase === "opened") seen.memory = readMemory(serverPid);
      if (phase === "measuring") seen.before = readCpu(serverPid);
      if (phase === "measured") seen.after = readCpu(serverPid);
    },
  );
  const heard = JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") as Heard;
  const { memory, before, after } = seen;
  // The server has the closing of all the connections behind it before the next load begins.
  await pause(500);
  return {
    ...heard,
    listeners: load.listeners,
    serverCpuUs: before && after && after.processUs - before.processUs,
    serverMainThreadUs: before && after && after.mainThreadUs - before.mainThreadUs,
    serverWorkersUs: before && after && after.workersUs - before.workersUs,
    serverGrowthBytes: memory !== null && memoryBefore !== null ? memory - memoryBefore : null,
  };
}

/** The load as the generator reads it; native/input.h says how. */
function toInput(load: FanOutLoad): string {
  const { protocol, slow } = load;
  const { listeners, slowListener, sender, message, messageCountedBytes = message.length } = protocol;
  const lines = [
    `port ${load.port}`,
    `http2 ${Number(protocol.isHttp2)}`,
    `listeners ${load.listeners}`,
    `window ${load.window}`,
    `most ${MOST_MESSAGES}`,
    `rate ${load.rate}`,
    `first ${load.firstNumber}`,
    `open ${OPEN_SECONDS}`,
    `warm-up ${load.warmUpSeconds}`,
    `measure ${load.measureSeconds}`,
    `drain ${DRAIN_SECONDS}`,
    `answers ${Number(protocol.hasAnswers && !load.isSilent)}`,
    ...listeners.flatMap((steps) => ["listener", ...steps.map(toLine)]),
  ];
  if (slow && slow.count > 0 && slowListener) {
    lines.push(`slow ${slow.count} ${slow.bytesPerSecond}`, "slow-listener", ...slowListener.map(toLine));
  }
  if (!load.isSilent) {
    lines.push("sender", ...sender.map(toLine), `message ${toHex(message)} ${messageCountedBytes}`);
  }
  return `${lines.join("\n")}\n`;
}

function toLine({ send, wait, countedBytes = send.length }: Step): string {
  return `step ${toHex(send)} ${toHex(wait)} ${countedBytes}`;
}

function toHex(bytes: Buffer): string {
  return bytes.length === 0 ? "-" : bytes.toString("hex");
}
