import { sql } from "kysely";

/** This many characters of a message count as one more row: each takes time in the search index. */
const CHARACTERS_PER_ROW = 2_500;
/** Each further room counts as this many more rows: it has statements of its own. */
const ROWS_PER_ROOM = 3;

/** Select it for `takePiece`. */
export const textLength = sql<number>`length(messages.text)`;

interface Piece<Row> {
  readonly rows: readonly Row[];
  /** The rows that these count as, which is more if texts are long. */
  readonly weight: number;
  /** Messages were left for the next transaction. */
  readonly isCut: boolean;
}

/** Returns the first messages, as many as one transaction erases that may erase `limit` rows, but at least one. */
export function takePiece<Row extends { readonly characters: number; readonly room_id?: string }>(
  rows: readonly Row[],
  limit: number,
): Piece<Row> {
  let weight = 0;
  const end = rows.findIndex((row, index) => {
    const isFull = weight >= limit;
    const isFurtherRoom = index > 0 && row.room_id !== rows[index - 1]?.room_id;
    if (!isFull) {
      weight +=
        1 + Math.floor(Number(row.characters) / CHARACTERS_PER_ROW) + (isFurtherRoom ? ROWS_PER_ROOM : 0);
    }
    return isFull;
  });
  return { rows: end === -1 ? rows : rows.slice(0, end), weight, isCut: end !== -1 };
}
