import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const BYTES_PER_MIB = 1024 * 1024;
/** A new maximum that is hardly above the last one is the runtime's own doing. */
const NOISE_MIB = 4;
/** Between two collections the memory of a runtime rises and falls by up to 100 MiB. */
const QUIET_ROUNDS = 5;
const MAX_GROWTH_MIB = 256;

/** Returns how much memory of a process is resident now, in MiB. Linux tells it in `/proc`. */
export function residentMiB(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round((Number(kib) * 1024) / BYTES_PER_MIB);
}

/**
 * Repeats a load until a process needs no more memory for it: five rounds in a row reach no new maximum. A runtime
 * takes and returns memory when it likes, so the growth between two moments proves nothing. A leak grows on and on: it
 * shows if a round leaks 20 MiB or more.
 *
 * @throws AssertionError when five rounds in a row are 256 MiB above the first
 */
export async function assertMemorySettles(pid: number, round: () => Promise<unknown>): Promise<void> {
  const sizes: number[] = [];
  let mostMiB = 0;
  let quietRounds = 0;
  while (quietRounds < QUIET_ROUNDS) {
    await round();
    const nowMiB = residentMiB(pid);
    sizes.push(nowMiB);
    const [firstMiB = 0] = sizes;
    const lowestMiB = Math.min(...sizes.slice(-QUIET_ROUNDS));
    assert.ok(lowestMiB < firstMiB + MAX_GROWTH_MIB, `it grows, MiB: ${sizes.join(", ")}`);
    quietRounds = nowMiB > mostMiB + NOISE_MIB ? 0 : quietRounds + 1;
    mostMiB = Math.max(mostMiB, nowMiB);
  }
}
