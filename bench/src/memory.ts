import { readFileSync } from "node:fs";

const BYTES_PER_KIB = 1024;

/** Reads a process's resident memory in bytes from Linux's `/proc`; null without it. */
export function readMemory(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? null : Number(kib) * BYTES_PER_KIB;
  } catch {
    return null;
  }
}
