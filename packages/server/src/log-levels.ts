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
