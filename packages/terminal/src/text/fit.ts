import { graphemesOf, widthOf } from "./graphemes.ts";

const ELLIPSIS = "…";

/** Cuts a text to at most this many columns, with `…` at the cut. */
export function truncate(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns <= 0) return "";
  let kept = "";
  let width = 0;
  for (const grapheme of graphemesOf(text)) {
    const next = width + widthOf(grapheme);
    if (next > columns - 1) break;
    kept += grapheme;
    width = next;
  }
  return `${kept}${ELLIPSIS}`;
}

/** Makes a text exactly this wide, aligned left. */
export function fitLeft(text: string, columns: number): string {
  const fitted = truncate(text, columns);
  return fitted + " ".repeat(Math.max(0, columns - widthOf(fitted)));
}

/** Makes a text exactly this wide, aligned right. */
export function fitRight(text: string, columns: number): string {
  const fitted = truncate(text, columns);
  return " ".repeat(Math.max(0, columns - widthOf(fitted))) + fitted;
}
