import { type Logger, pino } from "pino";
import type { LogLevel } from "./log-levels.ts";

/** Fields that must never reach the log, at the top of an entry or one level down. */
const secrets = ["authorization", "token", "password", "passwordHash", "text"];

/** Writes one JSON object a line to standard error. Standard output is for the results of commands. */
export function createLog(level: LogLevel): Logger {
  const redact = secrets.flatMap((name) => [name, `*.${name}`]);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact,
      formatters: { level: (label) => ({ level: label }) },
    },
    process.stderr,
  );
}
