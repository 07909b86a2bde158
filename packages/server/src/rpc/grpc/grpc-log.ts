import { logVerbosity, setLogger, setLogVerbosity } from "@grpc/grpc-js";
import type { Logger } from "pino";

const MAX_ENTRIES = 10;
const INTERVAL_MS = 10_000;
const MAX_CHARACTERS = 200;

/**
 * Sends grpc-js's own log of this process to ours, at debug: at most 10 entries in 10 s, each with the number of those
 * that were dropped before it. grpc-js would write header values, tokens among them, to standard error.
 */
export function takeOverGrpcLog(log: Logger): void {
  let intervalStartMs = Number.NEGATIVE_INFINITY;
  let entries = 0;
  let dropped = 0;

  setLogVerbosity(logVerbosity.ERROR);
  setLogger({
    error(message: unknown) {
      if (!log.isLevelEnabled("debug")) return;
      const nowMs = performance.now();
      if (nowMs - intervalStartMs >= INTERVAL_MS) {
        intervalStartMs = nowMs;
        entries = 0;
      }
      if (entries >= MAX_ENTRIES) {
        dropped++;
        return;
      }
      entries++;
      log.debug({ dropped }, `grpc-js: ${withoutValues(String(message))}`);
      dropped = 0;
    },
  });
}

/** grpc-js writes a header as `Failed to add metadata entry <name>: <value>`. No name has a colon. */
function withoutValues(message: string): string {
  return message.split(":", 1).join("").slice(0, MAX_CHARACTERS);
}
