/** A part of a text; `isFound` if it is to be marked. */
export interface TextPart {
  readonly text: string;
  readonly isFound: boolean;
}

const MAX_WORDS = 16;
/** Characters of context before the first word that is found. */
const BEFORE = 60;
const MAX_SHOWN = 320;

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** A word of a query; `isBeginning` if longer words that begin so are found, too. */
export interface WantedWord {
  readonly word: string;
  readonly isBeginning: boolean;
}

/** Returns the words that a query finds: without those after a minus, which it excludes. */
export function wordsOf(query: string): readonly WantedWord[] {
  const isOpen = /[^\s"]$/.test(query);
  const found = query
    .replace(/(?<=^|\s)-(?:"[^"]*"|\S+)/gu, " ")
    .split(/\s+/)
    .flatMap((part) => {
      const inside = [...segmenter.segment(part)].filter(({ isWordLike }) => isWordLike);
      return inside.map(({ segment }, index) => ({
        word: fold(segment),
        isBeginning: index === inside.length - 1 && part.endsWith("*"),
      }));
    })
    .slice(0, MAX_WORDS);
  return found.map((each, index) =>
    isOpen && index === found.length - 1 ? { ...each, isBeginning: true } : each,
  );
}

function finds(wanted: readonly WantedWord[], text: string): boolean {
  const folded = fold(text);
  return wanted.some(({ word, isBeginning }) => (isBeginning ? folded.startsWith(word) : folded === word));
}

/** Cuts a text around the first of the words that it has, and marks all of these words. */
export function highlight(text: string, wanted: readonly WantedWord[]): readonly TextPart[] {
  const parts: TextPart[] = [];
  const add = (part: string, isFound: boolean): void => {
    const last = parts.at(-1);
    if (last?.isFound === isFound) parts[parts.length - 1] = { text: last.text + part, isFound };
    else parts.push({ text: part, isFound });
  };
  for (const { segment, isWordLike } of segmenter.segment(cut(text, wanted))) {
    add(segment, isWordLike === true && finds(wanted, segment));
  }
  return parts;
}

function cut(text: string, wanted: readonly WantedWord[]): string {
  if (text.length <= MAX_SHOWN) return text;
  const first = [...segmenter.segment(text)].find(
    ({ segment, isWordLike }) => isWordLike && finds(wanted, segment),
  );
  const from = Math.max(0, (first?.index ?? 0) - BEFORE);
  // Begins at a word, so that no character is cut in two.
  const start = from === 0 ? 0 : text.indexOf(" ", from) + 1 || from;
  const shown = [...text.slice(start, start + MAX_SHOWN)].slice(0, MAX_SHOWN - 1).join("");
  return `${start > 0 ? "…" : ""}${shown}${start + shown.length < text.length ? "…" : ""}`;
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss");
}
