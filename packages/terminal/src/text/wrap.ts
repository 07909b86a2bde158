import { graphemesOf, widthOf } from "./graphemes.ts";

/** Stands for a character that is wider than the whole line. */
const TOO_WIDE = "·";
const CAN_FOLLOW_BREAK = /^(?:\p{Ideographic}|\p{scx=Hiragana}|\p{scx=Katakana}|\p{Extended_Pictographic})/u;

/**
 * Breaks a text into lines of at most so many columns: at blanks, beside CJK characters and emoji, and within
 * a word only where it is longer than a line. Blanks at a break are dropped; those that begin a line of the
 * text stay. `taken` columns of the first line are for something else.
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

/** Words with the blanks that follow them; the line's first blanks are a piece of their own. */
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
    // After a character that may stand alone, a break is as good as after a blank.
    isAfterBlank = isBlank || begins;
  }
  return [...pieces, word];
}

/** A piece that is longer than a line, in parts that fit. */
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
