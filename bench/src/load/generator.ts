/** The load generator's process: takes one load as its argument, prints one measurement, and ends. */
import { type Load, measure } from "./measure.ts";
import { StreamCommands } from "./stream.ts";
import { UnaryCalls } from "./unary.ts";

interface WireLoad extends Omit<Load, "message"> {
  readonly messageBase64: string;
}

const { messageBase64, ...load } = JSON.parse(process.argv[2] ?? "") as WireLoad;
const { open } = { unary: UnaryCalls, stream: StreamCommands }[load.kind];
const measurement = await measure({ ...load, message: Buffer.from(messageBase64, "base64") }, open);
process.stdout.write(JSON.stringify(measurement));
