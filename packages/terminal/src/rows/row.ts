import { truncate } from "../text/fit.ts";
import { widthOf } from "../text/graphemes.ts";

/** The terminal's own colours, so that they go with whatever theme it has. */
export type Color =
  | "red"
  | "green"
  | "yellow"
  | "blue"
  | "magenta"
  | "cyan"
  | "redBright"
  | "greenBright"
  | "yellowBright"
  | "blueBright"
  | "magentaBright"
  | "cyanBright";

/** A piece of text in one style. Texts from the network are sanitized before they get here. */
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

/** A row's text without its styles, as it reads on the screen. */
export function plain(row: Row): string {
  return row.map(({ text }) => text).join("");
}

export function rowWidth(row: Row): number {
  return row.reduce((width, { text }) => width + widthOf(text), 0);
}

/** A row in exactly so many columns: cut with `…`, or filled with blanks. */
export function fitRow(row: Row, columns: number): Row {
  const isTooWide = rowWidth(row) > columns;
  const fitted: Span[] = [];
  let left = Math.max(0, columns);
  for (const part of row) {
    const width = widthOf(part.text);
    const isCut = isTooWide && width >= left;
    // The blank makes a part that just fits end in an ellipsis too, since something follows it.
    const text = isCut ? truncate(`${part.text} `, left) : part.text;
    fitted.push({ ...part, text });
    left -= widthOf(text);
    if (isCut) break;
  }
  if (left > 0) fitted.push(span(" ".repeat(left)));
  return fitted;
}

/** Two rows on one line, the second one at the right end. The first one gives way where both don't fit. */
export function justify(start: Row, end: Row, columns: number): Row {
  const endWidth = rowWidth(end);
  if (endWidth + 1 >= columns) return fitRow(start, columns);
  return [...fitRow(start, columns - endWidth), ...end];
}
