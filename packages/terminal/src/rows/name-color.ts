import type { Color } from "./row.ts";

/** Red is for what went wrong. */
const COLORS = [
  "cyan",
  "yellow",
  "green",
  "magenta",
  "blueBright",
  "greenBright",
  "cyanBright",
  "yellowBright",
  "magentaBright",
  "blue",
] as const satisfies readonly Color[];

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The colour of a user's name: the same in every room, on every screen and after every start. */
export function nameColor(userId: string): Color {
  let hash = FNV_OFFSET;
  for (let index = 0; index < userId.length; index++) {
    hash = Math.imul(hash ^ userId.charCodeAt(index), FNV_PRIME);
  }
  // The low bits of this hash alone repeat for ids that differ at their end only.
  return COLORS[((hash ^ (hash >>> 15)) >>> 0) % COLORS.length] ?? "cyan";
}
