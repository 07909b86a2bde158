import type { FanOutPeer } from "../peers/fan-out/peer.ts";
import type { Runtime } from "../runtimes.ts";

/** A peer that delivers messages, the number of its listeners, and the rate. */
export interface FanOutCase {
  readonly peer: FanOutPeer;
  /** Null for a program without a runtime. */
  readonly runtime: Runtime | null;
  readonly listeners: number;
  readonly rate: number;
  /** True for a case without a promise, shown for comparison. It is measured in the first round only. */
  readonly isBeside: boolean;
}

/** A rate that means: as fast as the messages arrive. */
export const FLAT_OUT = 0;

export function nameOf(rate: number): string {
  return rate === FLAT_OUT ? "flat out" : `${rate}/s`;
}
