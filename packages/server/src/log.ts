import { type Logger, pino } from "pino";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

export const logLevels = [
  "trace",
  "debug",
  "info",
  "warn",
  "error",
  "fatal",
  "silent",
] as const satisfies readonly LogLevel[];

/** What may never reach a log, wherever in an entry it stands. */
const secrets = ["authorization", "token", "password", "passwordHash", "text"];

/** One JSON object a line, on standard error: standard output has only what was asked for. */
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
