import { ownProgram } from "../paths.ts";
import { runToEnd } from "../processes.ts";
import type { Runtime } from "../runtimes.ts";
import type { Load, Measurement } from "./measure.ts";

/** Runs one load in its own process. @throws Error when the load fails or a call is refused */
export async function generate({ message, ...load }: Load, runtime: Runtime): Promise<Measurement> {
  const argument = JSON.stringify({ ...load, messageBase64: message.toString("base64") });
  const output = await runToEnd({ runtime, args: [ownProgram("load/generator"), argument] });
  const measurement = JSON.parse(output) as Measurement;
  if (measurement.failedCalls > 0) {
    throw new Error(`${load.path} refused ${measurement.failedCalls} of the calls: nothing was measured`);
  }
  return measurement;
}
