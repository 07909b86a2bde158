import { sanitizeText } from "../text/sanitize.ts";
import type { Palette } from "./palette.ts";
import type { Row, Span } from "./row.ts";

/** ECMA-48's codes for "select graphic rendition". */
const ESCAPE = "\u001b[";
const RESET = `${ESCAPE}0m`;

/**
 * Turns a row into text with escape codes. The only control sequences in the result are those of the row's styles: this
 * is the last check of other people's text before the terminal. Without a palette there are no colours.
 */
export function toSgr(row: Row, palette: Palette | null): string {
  return row.map((part) => styled(part, codesOf(part, palette))).join("");
}

function styled({ text }: Span, codes: readonly (number | string)[]): string {
  const shown = sanitizeText(text).replaceAll("\n", " ");
  return codes.length === 0 ? shown : `${ESCAPE}${codes.join(";")}m${shown}${RESET}`;
}

function codesOf(
  { color, bold, dim, italic, inverse }: Span,
  palette: Palette | null,
): readonly (number | string)[] {
  return [
    ...(bold ? [1] : []),
    ...(dim ? [2] : []),
    ...(italic ? [3] : []),
    ...(inverse ? [7] : []),
    ...(palette && color ? [palette[color]] : []),
  ];
}
