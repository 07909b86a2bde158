import type { Look } from "./look.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The places of the chat screen's parts, from the top: frame, notice, input, status line. */
export interface Layout {
  /** Columns of the whole screen. */
  readonly columns: number;
  /** Columns inside the room list; 0 without one. */
  readonly roomColumns: number;
  /** Columns for messages, without frame and padding. */
  readonly textColumns: number;
  /** Rows for messages, without the frame. */
  readonly textRows: number;
  readonly hasFrame: boolean;
  readonly padding: number;
  readonly hasStatus: boolean;
}

/** Narrower screens have no room list. */
const ROOM_LIST_FROM_COLUMNS = 60;
/** Smaller screens have no frame: every row and column counts. */
const FRAME_FROM = { columns: 20, rows: 8 } as const;
const STATUS_FROM_ROWS = 3;
const MIN_ROOM_COLUMNS = 16;
const MAX_ROOM_COLUMNS = 28;
const ROOM_SHARE = 0.22;
const MIN_TEXT_COLUMNS = 8;
const BORDER_COLUMNS = 2;
const DIVIDER_COLUMNS = 1;
const BORDER_ROWS = 2;

/** The most rows that the input text may take. */
export function maxInputRows({ rows }: Size): number {
  return Math.max(1, Math.min(8, Math.floor(rows / 3)));
}

/** Divides a screen. No part is negative, even on a tiny screen. */
export function layoutScreen(size: Size, look: Look, belowRows: number): Layout {
  const columns = Math.max(1, Math.min(size.columns, look.frameWidth));
  const hasFrame = columns >= FRAME_FROM.columns && size.rows >= FRAME_FROM.rows;
  const hasStatus = size.rows >= STATUS_FROM_ROWS;
  const hasRooms = hasFrame && columns >= ROOM_LIST_FROM_COLUMNS;
  const roomColumns = hasRooms
    ? Math.min(MAX_ROOM_COLUMNS, Math.max(MIN_ROOM_COLUMNS, Math.floor(columns * ROOM_SHARE)))
    : 0;
  const inner = columns - (hasFrame ? BORDER_COLUMNS : 0) - (hasRooms ? roomColumns + DIVIDER_COLUMNS : 0);
  const padding = hasFrame
    ? Math.max(0, Math.min(look.padding, Math.floor((inner - MIN_TEXT_COLUMNS) / 2)))
    : 0;
  const taken = belowRows + (hasStatus ? 1 : 0) + (hasFrame ? BORDER_ROWS : 0);
  return {
    columns,
    roomColumns,
    textColumns: Math.max(1, inner - 2 * padding),
    textRows: Math.max(0, size.rows - taken),
    hasFrame,
    padding,
    hasStatus,
  };
}
