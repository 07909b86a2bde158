/** The load generator's process: takes one load as its argument, prints one measurement, and ends. */
import { type Load, measure, type OnAnswer, type RepeatedCall } from "./measure.ts";
import { StreamPool } from "./stream-pool.ts";
import { UnaryCalls } from "./unary.ts";

interface WireLoad extends Omit<Load, "message"> {
  readonly messageBase64: string;
}

const { messageBase64, ...load } = JSON.parse(process.argv[2] ?? "") as WireLoad;
const open = {
  unary: UnaryCalls.open,
  stream: (port: number, call: RepeatedCall, onAnswer: OnAnswer) =>
    StreamPool.open(port, { call, count: load.streams ?? 1, onAnswer }),
}[load.kind];
const measurement = await measure({ ...load, message: Buffer.from(messageBase64, "base64") }, open);
process.stdout.write(JSON.stringify(measurement));
