import { nativeProgram } from "../native.ts";
import { ownProgram } from "../paths.ts";
import type { Runtime } from "../runtimes.ts";
import { type ListenerMeasurement, runListener } from "./listener-program.ts";
import { type Step, toHex, toStepLine } from "./steps.ts";

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
  /** How many connections are being opened at any time: some dozens, unless all come at once. */
  readonly openingAtOnce?: number;
}

export interface FanOutMeasurement extends ListenerMeasurement {
  readonly listeners: number;
}

/** How many connections are being opened at any time, unless the load says otherwise. */
const OPENING_AT_ONCE = 32;
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
  const program = nativeProgram("listen");
  const measurement = await runListener(
    program
      ? { program, args: [], input: toInput(load) }
      : { runtime: generatorRuntime, args: [ownProgram("load/fan-out-listener")], input: toInput(load) },
    load.serverPid,
  );
  return { ...measurement, listeners: load.listeners };
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
    `at-once ${load.openingAtOnce ?? OPENING_AT_ONCE}`,
    `open ${OPEN_SECONDS}`,
    `warm-up ${load.warmUpSeconds}`,
    `measure ${load.measureSeconds}`,
    `drain ${DRAIN_SECONDS}`,
    `answers ${Number(protocol.hasAnswers && !load.isSilent)}`,
    ...listeners.flatMap((steps) => ["listener", ...steps.map(toStepLine)]),
  ];
  if (slow && slow.count > 0 && slowListener) {
    lines.push(`slow ${slow.count} ${slow.bytesPerSecond}`, "slow-listener", ...slowListener.map(toStepLine));
  }
  if (!load.isSilent) {
    lines.push("sender", ...sender.map(toStepLine), `message ${toHex(message)} ${messageCountedBytes}`);
  }
  return `${lines.join("\n")}\n`;
}
