/**
 * Replaces native/listen.c where there is no gcc: reads the same standard input, listens and sends, prints the same
 * output.
 */
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { FanOutConnection } from "./fan-out-connection.ts";
import { type FanOutInput, type InputStep, readInput } from "./fan-out-input.ts";
import { FanOutSender } from "./fan-out-sender.ts";
import { Tally } from "./fan-out-tally.ts";

const SETTLE_MS = 500;
const DRAIN_TICK_MS = 50;

/** A hard stop, far longer than any load. */
const MAX_SECONDS = 300;

setTimeout(() => {
  throw new Error(`the load did not end within ${MAX_SECONDS} s`);
}, MAX_SECONDS * 1_000).unref();

const input = readInput(await text(process.stdin));
const tally = new Tally(input.numberOf("listeners"));
const opened = await openAll(input, tally);
await pause(SETTLE_MS);
say("opened");
await pause(SETTLE_MS);
const measurement = await measure(input, tally, opened);
await drain(input, tally);
const result = {
  ...measurement,
  missing: tally.missing,
  disorder: tally.disorder,
  unanswered: input.numberOf("answers") === 1 ? tally.sent - tally.answered : 0,
  deliveryMs: tally.deliveryTimes.percentiles(),
  lastMs: tally.lastTimes.percentiles(),
  answerMs: tally.answerTimes.percentiles(),
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));

interface Opened {
  readonly listeners: readonly FanOutConnection[];
  readonly sender: FanOutConnection | null;
  readonly seconds: number;
}

/** @throws Error when not all connections are open in time */
async function openAll(input: FanOutInput, tally: Tally): Promise<Opened> {
  const { numberOf } = input;
  const startMs = performance.now();
  const late = setTimeout(() => {
    throw new Error("not all listeners were ready in time");
  }, numberOf("open") * 1_000);
  const listeners: FanOutConnection[] = [];
  for (let start = 0; start < numberOf("listeners"); start += numberOf("at-once")) {
    const count = Math.min(numberOf("at-once"), numberOf("listeners") - start);
    const steps = (index: number) => input.listeners[(start + index) % input.listeners.length] ?? [];
    const opening = Array.from({ length: count }, (_, index) =>
      open(input, steps(index), { mark: "~", onNumber: tally.listener() }),
    );
    listeners.push(...(await Promise.all(opening)));
  }
  const onNumber = (number: number): void => tally.answer(number);
  const sender = input.sender ? await open(input, input.sender, { mark: "^", onNumber }) : null;
  clearTimeout(late);
  return { listeners, sender, seconds: (performance.now() - startMs) / 1_000 };
}

function open(
  { numberOf }: FanOutInput,
  steps: readonly InputStep[],
  { mark, onNumber }: { readonly mark: string; readonly onNumber: (number: number) => void },
): Promise<FanOutConnection> {
  return new Promise((resolve) => {
    const connection = new FanOutConnection({
      port: numberOf("port"),
      isHttp2: numberOf("http2") === 1,
      steps,
      mark,
      onReady: () => resolve(connection),
      onNumber: (number) => onNumber(number - numberOf("first")),
    });
  });
}

async function measure(input: FanOutInput, tally: Tally, { listeners, sender, seconds }: Opened) {
  const receivedBytes = (): number => sum(listeners.map((listener) => listener.receivedBytes));
  const sending = sender && new FanOutSender(sender, input, tally);
  await pause(input.numberOf("warm-up") * 1_000);
  say("measuring");
  const startMs = performance.now();
  const cpu = process.cpuUsage();
  const before = { deliveries: tally.deliveries, bytes: receivedBytes() };
  tally.beginMeasuring();
  sending?.skipOverdue();
  await pause(input.numberOf("measure") * 1_000);
  sending?.stop();
  tally.endMeasuring();
  const own = process.cpuUsage(cpu);
  const measurement = {
    openSeconds: seconds,
    openingMessages: sum(listeners.map((listener) => listener.openingMessages)),
    seconds: (performance.now() - startMs) / 1_000,
    messages: tally.measuredMessages,
    deliveries: tally.deliveries - before.deliveries,
    bytes: receivedBytes() - before.bytes,
    ownCpuUs: own.user + own.system,
  };
  say("measured");
  return measurement;
}

/** Waits for the last deliveries and answers. */
async function drain({ numberOf }: FanOutInput, tally: Tally): Promise<void> {
  const isDone = (): boolean =>
    tally.finished === tally.sent && (numberOf("answers") === 0 || tally.answered === tally.sent);
  const deadlineMs = performance.now() + numberOf("drain") * 1_000;
  while (!isDone() && performance.now() < deadlineMs) await pause(DRAIN_TICK_MS);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function say(phase: string): void {
  process.stdout.write(`${phase}\n`);
}
