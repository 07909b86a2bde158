/** What native/listen.c does, where there is no gcc: listens and sends as its standard input says, and prints the same. */
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { FanOutConnection } from "./fan-out-connection.ts";
import { type FanOutInput, type InputStep, readInput } from "./fan-out-input.ts";
import { Tally } from "./fan-out-tally.ts";
import { findNumberPlaces, writeNumber } from "./numbering.ts";

const SETTLE_MS = 500;
const DRAIN_TICK_MS = 50;
const SEND_TICK_MS = 1;

/** Far more than a load may take: whatever happens, it ends. */
const MAX_SECONDS = 300;

setTimeout(() => {
  throw new Error(`the load did not end within ${MAX_SECONDS} s`);
}, MAX_SECONDS * 1_000).unref();

await run(readInput(await text(process.stdin)));

async function run(input: FanOutInput): Promise<void> {
  const setting = (word: string): number => input.numbers.get(word) ?? 0;
  const tally = new Tally(setting("listeners"));
  const first = setting("first");
  const hasAnswers = setting("answers") === 1;
  const openingAtMs = performance.now();
  const late = setTimeout(() => {
    throw new Error("not all listeners were ready in time");
  }, setting("open") * 1_000);
  const connections = await openListeners();
  const sender = input.sender ? await open(input.sender, "^", (number) => tally.answer(number)) : null;
  clearTimeout(late);
  const openSeconds = (performance.now() - openingAtMs) / 1_000;
  await pause(SETTLE_MS);
  say("opened");
  await pause(SETTLE_MS);

  let nextAtMs = performance.now();
  const sending = setInterval(() => sender && sendDue(sender), SEND_TICK_MS);
  await pause(setting("warm-up") * 1_000);
  say("measuring");
  const startMs = performance.now();
  const cpu = process.cpuUsage();
  const before = { deliveries: tally.deliveries, bytes: receivedBytes() };
  tally.beginMeasuring();
  // What was held back while warming up is not caught up on.
  nextAtMs = Math.max(nextAtMs, startMs);
  await pause(setting("measure") * 1_000);
  clearInterval(sending);
  tally.endMeasuring();
  const own = process.cpuUsage(cpu);
  const measurement = {
    openSeconds,
    openingMessages: connections.reduce((sum, connection) => sum + connection.openingMessages, 0),
    seconds: (performance.now() - startMs) / 1_000,
    messages: tally.measuredMessages,
    deliveries: tally.deliveries - before.deliveries,
    bytes: receivedBytes() - before.bytes,
    ownCpuUs: own.user + own.system,
  };
  say("measured");

  const deadlineMs = performance.now() + setting("drain") * 1_000;
  while (!isDone() && performance.now() < deadlineMs) await pause(DRAIN_TICK_MS);
  const result = {
    ...measurement,
    missing: tally.missing,
    disorder: tally.disorder,
    unanswered: hasAnswers ? tally.sent - tally.answered : 0,
    deliveryMs: tally.deliveryTimes.percentiles(),
    lastMs: tally.lastTimes.percentiles(),
    answerMs: tally.answerTimes.percentiles(),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));

  async function openListeners(): Promise<readonly FanOutConnection[]> {
    const opened: FanOutConnection[] = [];
    for (let start = 0; start < setting("listeners"); start += setting("at-once")) {
      const count = Math.min(setting("at-once"), setting("listeners") - start);
      const steps = (index: number) => input.listeners[(start + index) % input.listeners.length] ?? [];
      const opening = Array.from({ length: count }, (_, index) => open(steps(index), "~", tally.listener()));
      opened.push(...(await Promise.all(opening)));
    }
    return opened;
  }

  function open(
    steps: readonly InputStep[],
    mark: string,
    onNumber: (number: number) => void,
  ): Promise<FanOutConnection> {
    return new Promise((resolve) => {
      const connection = new FanOutConnection({
        port: setting("port"),
        isHttp2: setting("http2") === 1,
        steps,
        mark,
        onReady: () => resolve(connection),
        onNumber: (number) => onNumber(number - first),
      });
    });
  }

  function sendDue(to: FanOutConnection): void {
    const rate = setting("rate");
    while (maySend(to) && (rate === 0 || nextAtMs <= performance.now())) {
      const message = Buffer.from(input.message);
      for (const place of findNumberPlaces(input.message)) writeNumber(message, place, first + tally.sent);
      tally.send();
      to.write(message, input.messageCountedBytes);
      if (rate > 0) nextAtMs += 1_000 / rate;
    }
  }

  function maySend({ windowBytes }: FanOutConnection): boolean {
    const onTheirWay = tally.sent - Math.min(tally.finished, hasAnswers ? tally.answered : tally.finished);
    if (onTheirWay >= setting("window") || tally.sent >= setting("most")) return false;
    return setting("http2") === 0 || windowBytes >= input.messageCountedBytes;
  }

  function isDone(): boolean {
    return tally.finished === tally.sent && (!hasAnswers || tally.answered === tally.sent);
  }

  function receivedBytes(): number {
    return connections.reduce((sum, connection) => sum + connection.receivedBytes, 0);
  }
}

function say(phase: string): void {
  process.stdout.write(`${phase}\n`);
}
