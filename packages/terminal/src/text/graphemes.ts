import stringWidth from "string-width";

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * Splits a text into graphemes: what a reader sees as single characters. A cursor moves over them; nothing cuts them.
 */
export function graphemesOf(text: string): readonly string[] {
  if (PRINTABLE_ASCII.test(text)) return text.split("");
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Counts a text's columns on a terminal: two for each emoji and CJK character. The text has no line feeds. */
export function widthOf(text: string): number {
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text);
}
