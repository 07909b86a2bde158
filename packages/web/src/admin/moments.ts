import type { v1 } from "@confab/protocol";
import { momentName } from "../text/times.ts";

const SECOND_MS = 1_000;

/** Says a time of the contract's in a sentence. */
export function momentOf(time: v1.Session["lastUsedTime"]): string {
  return time ? momentName(new Date(Number(time.seconds) * SECOND_MS), new Date()) : "never";
}
