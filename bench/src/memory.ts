import { readFileSync } from "node:fs";

const BYTES_PER_KIB = 1024;

/** How much of a process is in memory, in bytes; null where there is no Linux `/proc`. */
export function readMemory(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? null : Number(kib) * BYTES_PER_KIB;
  } catch {
    return null;
  }
}
