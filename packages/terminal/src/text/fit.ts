import { graphemesOf, widthOf } from "./graphemes.ts";

const ELLIPSIS = "…";

/** The beginning of a text in at most so many columns, with `…` where something is cut off. */
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

/** A text in exactly so many columns, at the left. */
export function fitLeft(text: string, columns: number): string {
  const fitted = truncate(text, columns);
  return fitted + " ".repeat(Math.max(0, columns - widthOf(fitted)));
}

/** A text in exactly so many columns, at the right. */
export function fitRight(text: string, columns: number): string {
  const fitted = truncate(text, columns);
  return " ".repeat(Math.max(0, columns - widthOf(fitted))) + fitted;
}
