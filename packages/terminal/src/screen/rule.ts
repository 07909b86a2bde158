import { fitRow, type Row, rowWidth, type Span, span } from "../rows/row.ts";
import { truncate } from "../text/fit.ts";
import { widthOf } from "../text/graphemes.ts";

/** A horizontal line with words in its middle: `──── Today ────`. */
export function rule(words: string, columns: number, style: Omit<Span, "text">): Row {
  const label = ` ${truncate(words, Math.max(0, columns - 4))} `;
  const left = Math.max(0, Math.floor((columns - widthOf(label)) / 2));
  const right = Math.max(0, columns - widthOf(label) - left);
  return fitRow([span("─".repeat(left) + label + "─".repeat(right), style)], columns);
}

/** Centres a row. */
export function centered(row: Row, columns: number): Row {
  const left = Math.max(0, Math.floor((columns - rowWidth(row)) / 2));
  return fitRow([span(" ".repeat(left)), ...row], columns);
}

/** An edge of the frame with titles in it: `─ left ───── right ─`, without its corners. */
export function edge(start: Row, end: Row, columns: number): Row {
  const dash = (count: number): Span => span("─".repeat(Math.max(0, count)), { dim: true });
  const isEmpty = (row: Row): boolean => rowWidth(row) === 0;
  const startWidth = isEmpty(start) ? 0 : rowWidth(start) + 3;
  const endWidth = isEmpty(end) ? 0 : rowWidth(end) + 3;
  if (startWidth + endWidth > columns) {
    if (!isEmpty(end)) return edge(start, [], columns);
    const room = columns - 4;
    return room < 1 ? [dash(columns)] : [dash(1), span(" "), ...fitRow(start, room), span(" "), dash(1)];
  }
  return [
    ...(isEmpty(start) ? [] : [dash(1), span(" "), ...start, span(" ")]),
    dash(columns - startWidth - endWidth),
    ...(isEmpty(end) ? [] : [span(" "), ...end, span(" "), dash(1)]),
  ];
}
