import { truncate } from "../text/fit.ts";
import { widthOf } from "../text/graphemes.ts";

/** Colours of people's names. */
export type NameColor = `name${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`;

/** The palette says how each one looks on the terminal's background. */
export type Color = "red" | "green" | "yellow" | "cyan" | NameColor;

/** A piece of text in one style. Text from the network is sanitized before it gets here. */
export interface Span {
  readonly text: string;
  readonly color?: Color;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly inverse?: boolean;
}

/** One line of the screen, or of a part of it. */
export type Row = readonly Span[];

export function span(text: string, style: Omit<Span, "text"> = {}): Span {
  return { ...style, text };
}

/** Returns a row's text without styles. */
export function plain(row: Row): string {
  return row.map(({ text }) => text).join("");
}

export function rowWidth(row: Row): number {
  return row.reduce((width, { text }) => width + widthOf(text), 0);
}

/** Makes a row exactly this wide: cut with `…`, or filled with blanks. */
export function fitRow(row: Row, columns: number): Row {
  const isTooWide = rowWidth(row) > columns;
  const fitted: Span[] = [];
  let left = Math.max(0, columns);
  for (const part of row) {
    const width = widthOf(part.text);
    const isCut = isTooWide && width >= left;
    // Something follows this part. The extra blank gives it an ellipsis even if it would just fit.
    const text = isCut ? truncate(`${part.text} `, left) : part.text;
    fitted.push({ ...part, text });
    left -= widthOf(text);
    if (isCut) break;
  }
  if (left > 0) fitted.push(span(" ".repeat(left)));
  return fitted;
}

/** Puts two rows on one line, the second at the right end. If both don't fit, the first is cut. */
export function justify(start: Row, end: Row, columns: number): Row {
  const endWidth = rowWidth(end);
  if (endWidth + 1 >= columns) return fitRow(start, columns);
  return [...fitRow(start, columns - endWidth), ...end];
}
