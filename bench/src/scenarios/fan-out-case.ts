import type { FanOutPeer } from "../peers/fan-out/peer.ts";
import type { Runtime } from "../runtimes.ts";

/** Who hands messages on, to how many, and how many a second. */
export interface FanOutCase {
  readonly peer: FanOutPeer;
  /** Null for a program of its own. */
  readonly runtime: Runtime | null;
  readonly listeners: number;
  readonly rate: number;
  /** Stands beside the others and is in no promise: it is measured in the first round only. */
  readonly isBeside: boolean;
}

/** The rate that stands for as fast as the messages arrive. */
export const FLAT_OUT = 0;

export function nameOf(rate: number): string {
  return rate === FLAT_OUT ? "flat out" : `${rate}/s`;
}
