import type { NameColor } from "./row.ts";

const COLORS = [
  "name0",
  "name1",
  "name2",
  "name3",
  "name4",
  "name5",
  "name6",
  "name7",
  "name8",
  "name9",
] as const satisfies readonly NameColor[];

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Gives each user a colour that never changes, in any room or session. */
export function nameColor(userId: string): NameColor {
  let hash = FNV_OFFSET;
  for (let index = 0; index < userId.length; index++) {
    hash = Math.imul(hash ^ userId.charCodeAt(index), FNV_PRIME);
  }
  // The low bits of this hash alone repeat for ids that differ only at their end.
  return COLORS[((hash ^ (hash >>> 15)) >>> 0) % COLORS.length] ?? "name0";
}
