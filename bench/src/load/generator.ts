/** The load generator's process: takes one load as its argument, prints one measurement, and ends. */
import { measureUnary, type UnaryLoad } from "./unary.ts";

interface WireLoad extends Omit<UnaryLoad, "message"> {
  readonly messageBase64: string;
}

const { messageBase64, ...load } = JSON.parse(process.argv[2] ?? "") as WireLoad;
const measurement = await measureUnary({ ...load, message: Buffer.from(messageBase64, "base64") });
process.stdout.write(JSON.stringify(measurement));
