import { graphemesOf } from "./graphemes.ts";

const TAB = "    ";
const REPLACEMENT = "\ufffd";
/** A base for marks without a letter. Without it they would be drawn onto the character before them. */
const DOTTED_CIRCLE = "\u25cc";
const CONTROL_PICTURES = 0x2400;
const PICTURE_OF_DELETE = "\u2421";
const DELETE = 0x7f;

/** No script puts more marks on one letter. More would be drawn over the rows above and below. */
const MAX_MARKS = 4;
/** The longest emoji, a family of four with skin tones, has 11 code points. */
const MAX_GRAPHEME_CODE_POINTS = 12;

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const LINE_END = /\r\n?|[\u0085\u2028\u2029]/g;
const FLAG = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,6}\u{e007f}/u;
/** Format characters that are drawn: signs before numbers in Arabic, Syriac and Kaithi. */
const VISIBLE_FORMAT = /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;
const JOINER_OR_SELECTOR = /\u200c|\u200d|[\ufe00-\ufe0f]/;
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;
const SUSPECT = new RegExp(
  `${FLAG.source}|[\\p{Cc}\\p{Cf}\\p{Default_Ignorable_Code_Point}]|[\\p{M}\\u200c\\u200d]{${MAX_MARKS + 1},}`,
  "gu",
);
const MARK_WITHOUT_BASE = /^(?=\p{M})/gmu;
const JOINER_WITHOUT_BASE = /^[\u200c\u200d]+/gmu;
/** Up to three conjoining jamo make one syllable. Terminals draw longer runs wider than any count says. */
const LONG_JAMO = /[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]{4,}/g;

/**
 * Makes text from the network safe to show. Nothing in the result moves the cursor, changes colours or the title,
 * reorders other text, or is drawn outside its own cells. Line feeds, emoji and writing in any script stay; control
 * characters become their visible pictures.
 */
export function sanitizeText(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  const cleaned = text
    .toWellFormed()
    .replace(LINE_END, "\n")
    .replaceAll("\t", TAB)
    .replace(SUSPECT, harmless)
    .replace(LONG_JAMO, REPLACEMENT)
    .replace(JOINER_WITHOUT_BASE, "")
    .replace(MARK_WITHOUT_BASE, DOTTED_CIRCLE);
  return withoutGiants(cleaned);
}

/** Like `sanitizeText`, but on one line, for names and titles: every run of blanks becomes one blank. */
export function sanitizeLine(text: string): string {
  return sanitizeText(text).replace(/\s+/g, " ").trim();
}

function harmless(suspect: string): string {
  const code = suspect.codePointAt(0) ?? 0;
  if (suspect.length > String.fromCodePoint(code).length) return shorten(suspect);
  if (suspect === "\n") return suspect;
  if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
  if (code === DELETE) return PICTURE_OF_DELETE;
  if (code < 0xa0) return REPLACEMENT;
  if (JOINER_OR_SELECTOR.test(suspect) || VISIBLE_FORMAT.test(suspect)) return suspect;
  return INVISIBLE.test(suspect) ? "" : suspect;
}

/** Cuts a pile of marks; keeps a flag made of tags whole. */
function shorten(suspect: string): string {
  return FLAG.test(suspect) ? suspect : [...suspect].slice(0, MAX_MARKS).join("");
}

function withoutGiants(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return graphemesOf(text)
    .map((grapheme) =>
      grapheme.length > MAX_GRAPHEME_CODE_POINTS && isGiant(grapheme) ? REPLACEMENT : grapheme,
    )
    .join("");
}

function isGiant(grapheme: string): boolean {
  return [...grapheme].length > MAX_GRAPHEME_CODE_POINTS;
}
