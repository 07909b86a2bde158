import { sanitizeText } from "../text/sanitize.ts";
import type { Color, Row, Span } from "./row.ts";

/** ECMA-48's codes for "select graphic rendition". */
const ESCAPE = "\u001b[";
const RESET = `${ESCAPE}0m`;

const colorCodes = {
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
  redBright: 91,
  greenBright: 92,
  yellowBright: 93,
  blueBright: 94,
  magentaBright: 95,
  cyanBright: 96,
} as const satisfies Readonly<Record<Color, number>>;

/**
 * Turns a row into text with escape codes. The only control sequences in the result are those of the row's styles: this
 * is the last check of other people's text before the terminal.
 */
export function toSgr(row: Row, hasColor: boolean): string {
  return row.map((part) => styled(part, codesOf(part, hasColor))).join("");
}

function styled({ text }: Span, codes: readonly number[]): string {
  const shown = sanitizeText(text).replaceAll("\n", " ");
  return codes.length === 0 ? shown : `${ESCAPE}${codes.join(";")}m${shown}${RESET}`;
}

function codesOf({ color, bold, dim, italic, inverse }: Span, hasColor: boolean): readonly number[] {
  return [
    ...(bold ? [1] : []),
    ...(dim ? [2] : []),
    ...(italic ? [3] : []),
    ...(inverse ? [7] : []),
    ...(hasColor && color ? [colorCodes[color]] : []),
  ];
}
