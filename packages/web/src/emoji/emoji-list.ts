import { gemoji } from "gemoji";

/** An emoji with the names to find it by. */
export interface NamedEmoji {
  readonly emoji: string;
  readonly names: readonly string[];
  readonly tags: readonly string[];
}

/** A group of emoji, in the order of Unicode. */
export interface EmojiGroup {
  readonly title: string;
  readonly emoji: readonly NamedEmoji[];
}

/** All emoji, by group. */
export const emojiGroups: readonly EmojiGroup[] = [...Map.groupBy(gemoji, ({ category }) => category)].map(
  ([title, emoji]) => ({ title, emoji }),
);
const all: readonly NamedEmoji[] = gemoji;

/** Finds emoji whose names begin with a text, then those whose name or tag contains it. */
export function findEmoji(query: string, limit: number): readonly NamedEmoji[] {
  const wanted = query.toLowerCase().replace(/[\s-]+/g, "_");
  if (wanted === "") return [];
  const begins = all.filter(({ names }) => names.some((name) => name.startsWith(wanted)));
  const known = new Set(begins);
  const contains = all.filter(
    (each) => !known.has(each) && [...each.names, ...each.tags].some((word) => word.includes(wanted)),
  );
  // The shortest name first: ":+1" before ":+1_something".
  return [...begins.toSorted((one, other) => shortest(one) - shortest(other)), ...contains].slice(0, limit);
}

function shortest({ names }: NamedEmoji): number {
  return Math.min(...names.map(({ length }) => length));
}
