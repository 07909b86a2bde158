import { luminance, MIDDLE_LUMINANCE } from "../rows/contrast.ts";
import type { Background } from "../rows/palette.ts";

const WHITE_ONES: ReadonlySet<string> = new Set(["7", "15"]);

/**
 * Reads the background's colour from what the terminal has answered: `rgb:ffff/ffff/ffff`, 1 to 4 hexadecimal digits
 * each.
 */
export function backgroundFrom(answer: string): Background {
  const [, red, green, blue] = /^rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i.exec(answer) ?? [];
  if (red === undefined || green === undefined || blue === undefined) return "unknown";
  return luminance([share(red), share(green), share(blue)]) > MIDDLE_LUMINANCE ? "light" : "dark";
}

/** Guesses the background from `COLORFGBG`, which some terminals set: `15;0` is white on black. */
export function guessedBackground(variable: string | undefined): Background {
  const last = /;(\d{1,2})$/.exec(variable ?? "")?.[1];
  if (last === undefined) return "unknown";
  return WHITE_ONES.has(last) ? "light" : "dark";
}

function share(digits: string): number {
  return Number.parseInt(digits, 16) / (16 ** digits.length - 1);
}
