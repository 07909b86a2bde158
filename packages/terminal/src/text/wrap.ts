import { graphemesOf, widthOf } from "./graphemes.ts";

/** Replaces a character that is wider than the whole line. */
const TOO_WIDE = "·";
const CAN_FOLLOW_BREAK = /^(?:\p{Ideographic}|\p{scx=Hiragana}|\p{scx=Katakana}|\p{Extended_Pictographic})/u;

/**
 * Breaks a text into lines of at most this many columns: at blanks, next to CJK characters and emoji, and inside a word
 * only if it is longer than a line. Blanks at a break are dropped; those at the start of a line of the text stay.
 * `taken` columns of the first line are used by something else.
 */
export function wrap(text: string, columns: number, taken = 0): readonly string[] {
  const width = Math.max(1, columns);
  return text.split("\n").flatMap((line, index) => wrapLine(line, width, index === 0 ? taken : 0));
}

function wrapLine(line: string, columns: number, taken: number): readonly string[] {
  if (taken + widthOf(line) <= columns) return [line];
  const lines: string[] = [];
  let current = "";
  let currentWidth = taken;
  for (const piece of piecesOf(line)) {
    const pieceWidth = widthOf(piece);
    if (currentWidth + widthOf(piece.trimEnd()) <= columns) {
      current += piece;
      currentWidth += pieceWidth;
      continue;
    }
    if (current.trim() !== "" || (lines.length === 0 && taken > 0)) lines.push(current.trimEnd());
    const parts = cut(piece, columns);
    lines.push(...parts.slice(0, -1));
    current = parts.at(-1) ?? "";
    currentWidth = widthOf(current);
  }
  lines.push(current.trimEnd());
  return lines;
}

/** Splits a line into words, each with the blanks after it. Leading blanks are a piece of their own. */
function piecesOf(line: string): readonly string[] {
  const pieces: string[] = [];
  let word = "";
  let isAfterBlank = false;
  for (const grapheme of graphemesOf(line)) {
    const isBlank = grapheme === " ";
    const begins = CAN_FOLLOW_BREAK.test(grapheme);
    if (word !== "" && !isBlank && (isAfterBlank || begins)) {
      pieces.push(word);
      word = "";
    }
    word += grapheme;
    // A break after a character that may stand alone is as good as one after a blank.
    isAfterBlank = isBlank || begins;
  }
  return [...pieces, word];
}

/** Cuts a piece longer than a line into parts that fit. */
function cut(piece: string, columns: number): readonly string[] {
  if (widthOf(piece.trimEnd()) <= columns) return [piece];
  const parts: string[] = [];
  let part = "";
  let width = 0;
  for (const grapheme of graphemesOf(piece.trimEnd())) {
    const isTooWide = widthOf(grapheme) > columns;
    const shown = isTooWide ? TOO_WIDE : grapheme;
    if (width + widthOf(shown) > columns) {
      parts.push(part);
      part = "";
      width = 0;
    }
    part += shown;
    width += widthOf(shown);
  }
  const blanks = piece.slice(piece.trimEnd().length);
  return [...parts, part + blanks];
}
