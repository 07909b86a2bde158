import type { Row } from "../rows/row.ts";

/**
 * A list of items of different heights. Only items near the visible ones are laid out, with `rowsOf`, however long the
 * list is.
 */
export interface ScrollList {
  readonly count: number;
  readonly rowsOf: (index: number) => readonly Row[];
}

/** The first visible row. */
export interface ScrollPosition {
  readonly index: number;
  /** The row within the item, from 0; a negative number counts rows above the item. */
  readonly row: number;
}

/** The visible rows, and their place in the list. */
export interface Viewport {
  /** At most as many as the viewport's height. */
  readonly rows: readonly Row[];
  readonly top: ScrollPosition;
  readonly isAtStart: boolean;
  readonly isAtEnd: boolean;
}

const START: ScrollPosition = { index: 0, row: 0 };

/** Returns the visible rows from a position on; `end` follows the end of the list. */
export function visibleRows(list: ScrollList, height: number, at: ScrollPosition | "end"): Viewport {
  const end = endPosition(list, height);
  const top = at === "end" || isBefore(end, at) ? end : inside(list, at);
  const rows: Row[] = [];
  for (let index = top.index; index < list.count && rows.length < height; index++) {
    rows.push(...list.rowsOf(index).slice(index === top.index ? top.row : 0));
  }
  return {
    rows: rows.slice(0, Math.max(0, height)),
    top,
    isAtStart: top.index === 0 && top.row === 0,
    isAtEnd: !isBefore(top, end),
  };
}

/** Moves a position by this many rows: down, or up if negative. Returns `end` at the end. */
export function scrollBy(
  list: ScrollList,
  height: number,
  { at, rows }: { at: ScrollPosition | "end"; rows: number },
): ScrollPosition | "end" {
  const end = endPosition(list, height);
  const from = at === "end" || isBefore(end, at) ? end : inside(list, at);
  const to = rows < 0 ? upwards(list, from, -rows) : downwards(list, from, rows);
  return isBefore(to, end) ? to : "end";
}

/** Returns the nearest position that shows a whole item. */
export function scrollTo(
  list: ScrollList,
  height: number,
  { at, index }: { at: ScrollPosition | "end"; index: number },
): ScrollPosition | "end" {
  const { top } = visibleRows(list, height, at);
  const start = { index, row: 0 };
  if (isBefore(start, top)) return start;
  // The item's last row at the bottom; if the item is higher than the viewport, its first row at the top.
  const itemRows = list.rowsOf(index).length;
  const lowest = upwards(list, { index, row: Math.max(0, itemRows - 1) }, Math.max(0, height - 1));
  const needed = isBefore(start, lowest) ? start : lowest;
  if (!isBefore(top, needed)) return at;
  return isBefore(needed, endPosition(list, height)) ? needed : "end";
}

function endPosition(list: ScrollList, height: number): ScrollPosition {
  let left = height;
  for (let index = list.count - 1; index >= 0; index--) {
    const rows = list.rowsOf(index).length;
    if (rows >= left) return { index, row: rows - left };
    left -= rows;
  }
  return START;
}

function upwards(list: ScrollList, from: ScrollPosition, rows: number): ScrollPosition {
  let { index, row } = from;
  let left = rows;
  while (left > row) {
    if (index === 0) return START;
    left -= row + 1;
    index -= 1;
    row = list.rowsOf(index).length - 1;
  }
  return { index, row: row - left };
}

function downwards(list: ScrollList, from: ScrollPosition, rows: number): ScrollPosition {
  let { index, row } = from;
  let left = rows;
  while (index < list.count) {
    const below = list.rowsOf(index).length - 1 - row;
    if (left <= below) return { index, row: row + left };
    left -= below + 1;
    index += 1;
    row = 0;
  }
  return { index: list.count, row: 0 };
}

/** Moves a position onto a row that exists: an item may have become shorter. */
function inside(list: ScrollList, { index, row }: ScrollPosition): ScrollPosition {
  if (row < 0) return upwards(list, inside(list, { index, row: 0 }), -row);
  if (index >= list.count) return { index: Math.max(0, list.count - 1), row: 0 };
  return { index, row: Math.min(row, Math.max(0, list.rowsOf(index).length - 1)) };
}

function isBefore(one: ScrollPosition, other: ScrollPosition): boolean {
  return one.index < other.index || (one.index === other.index && one.row < other.row);
}
