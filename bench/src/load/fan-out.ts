import { nativeProgram } from "../native.ts";
import { ownProgram } from "../paths.ts";
import type { Runtime } from "../runtimes.ts";
import { type ListenerMeasurement, runListener } from "./listener-program.ts";
import { type Step, toHex, toStepLine } from "./steps.ts";

/**
 * The bytes with which a client listens to a server's room and sends into it. The generator sends them without
 * understanding them.
 */
export interface FanOutProtocol {
  readonly isHttp2: boolean;
  /** The steps that open a listener's connection. If there are several variants, the listeners take turns. */
  readonly listeners: readonly (readonly Step[])[];
  /** The same steps with small windows, so that the server notices a slow reader. */
  readonly slowListener?: readonly Step[];
  readonly sender: readonly Step[];
  /** One message, with `NUMBERED_MARK` in its text. */
  readonly message: Buffer;
  /** The part of the message that counts towards HTTP/2's windows. */
  readonly messageCountedBytes?: number;
  /** True if the sender gets an answer with `ANSWERED_MARK` and the message's number. */
  readonly hasAnswers: boolean;
}

export interface FanOutLoad {
  readonly port: number;
  readonly serverPid: number;
  readonly protocol: FanOutProtocol;
  readonly listeners: number;
  /** Messages a second; 0 sends as fast as they arrive. */
  readonly rate: number;
  /** The most messages in flight: sent, but not yet received by every listener. */
  readonly window: number;
  /** Slow listeners among all, and the bytes a second that each reads. They are not counted. */
  readonly slow?: { readonly count: number; readonly bytesPerSecond: number };
  readonly warmUpSeconds: number;
  readonly measureSeconds: number;
  /** At least a few million above any earlier load of the same server. */
  readonly firstNumber: number;
  /** Opens the listeners and sends nothing. */
  readonly isSilent?: boolean;
  /** Connections that open at the same time: a few dozen, unless all come at once. */
  readonly openingAtOnce?: number;
}

export interface FanOutMeasurement extends ListenerMeasurement {
  readonly listeners: number;
}

/** Connections that open at the same time, unless the load says otherwise. */
const OPENING_AT_ONCE = 32;
const OPEN_SECONDS = 60;
const DRAIN_SECONDS = 10;
const MOST_MESSAGES = 2_000_000;

/** Precedes a message's number. */
const MESSAGE_MARK = "~";
/** The start of a message's text. */
export const NUMBERED_MARK = `${MESSAGE_MARK}${"0".repeat(12)}`;
/** An answer contains this mark, with the message's number. */
export const ANSWERED_MARK = `^${"0".repeat(12)}`;

/** The generator's implementation. */
export type FanOutGenerator = "C" | Runtime;

export function fanOutGenerator(fallback: Runtime): FanOutGenerator {
  return nativeProgram("listen") ? "C" : fallback;
}

/** Runs one load in its own process. Reads the server's CPU time at the start and the end of the measurement. */
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

/** Writes the load in the generator's input format: native/input.h. */
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
