/** Something that the switcher can go to or do. */
export interface Target {
  readonly key: string;
  readonly label: string;
  /** Other words by which it is found, and which stand beside it. */
  readonly hint: string;
}

const WORD_BEGINS = 3;
const WORD_INSIDE = 1;

/**
 * Finds targets by words in any order: each must begin a word of the target's, or stand inside one, or its letters must begin
 * the target's words in turn. The best ones come first; equally good ones keep their order.
 */
export function matching<T extends Target>(targets: readonly T[], query: string): readonly T[] {
  const wanted = wordsOf(query);
  if (wanted.length === 0) return targets;
  return targets
    .map((target) => ({ target, score: scoreOf(target, wanted) }))
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score)
    .map(({ target }) => target);
}

function scoreOf({ label, hint }: Target, wanted: readonly string[]): number {
  const inLabel = wordsOf(label);
  const inHint = wordsOf(hint);
  let score = 0;
  for (const word of wanted) {
    // A word of the label counts twice.
    const best = Math.max(2 * wordScore(inLabel, word), wordScore(inHint, word));
    if (best === 0) return 0;
    score += best;
  }
  return score / wanted.length;
}

function wordScore(words: readonly string[], wanted: string): number {
  if (words.some((word) => word.startsWith(wanted))) return WORD_BEGINS;
  if (words.some((word) => word.includes(wanted))) return WORD_INSIDE;
  const initials = words.map(([first = ""]) => first).join("");
  return wanted.length > 1 && initials.startsWith(wanted) ? WORD_BEGINS : 0;
}

function wordsOf(text: string): readonly string[] {
  const folded = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return folded.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
}
