import { type DescMessage, type MessageShape, toJson } from "@bufbuild/protobuf";
import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";

/**
 * Control and format characters, which could move the cursor, change colours, break a line or reorder text. Joiners
 * stay: emoji and Indic names need them.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

/** A table's columns are aligned over this many rows. After that they only grow wider. */
const ROWS_ALIGNED = 1_000;

/** Escapes control characters as `\u{1b}`, so that text from a user stays on one line. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Prints ISO 8601 in UTC, or `-` for no time. */
export function printTime(time: Timestamp | undefined): string {
  return time ? timestampDate(time).toISOString() : "-";
}

/**
 * Writes a line to standard output and waits until it is accepted. @throws Error EPIPE when the reader has closed the
 * pipe
 */
export function printLine(line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${line}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

/** Writes a line to standard error: everything that is not the command's output. */
export function printNote(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Prints one JSON object a line, with the contract's field names in lowerCamelCase. */
export async function printJson<Desc extends DescMessage>(
  schema: Desc,
  rows: AsyncIterable<MessageShape<Desc>>,
): Promise<void> {
  for await (const row of rows) {
    const json = JSON.stringify(toJson(schema, row, { alwaysEmitImplicit: true }));
    await printLine(json.replace(UNPRINTABLE, toJsonEscape));
  }
}

function toJsonEscape(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

/** A table's columns by title. The last column is not aligned, so it may hold text of any width. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => string>>;

/** Prints rows under their column titles. If there are no rows, prints `none` to standard error. */
export async function printTable<Row>(
  rows: AsyncIterable<Row>,
  columns: Columns<Row>,
  none: string,
): Promise<void> {
  const titles = Object.keys(columns);
  let widths = titles.map((title) => title.length);
  let waiting: string[][] = [titles];

  async function flush(): Promise<void> {
    widths = widths.map((width, index) =>
      waiting.reduce((widest, cells) => Math.max(widest, cells[index]?.length ?? 0), width),
    );
    const lines = waiting.map((cells) => toLine(cells, widths));
    waiting = [];
    if (lines.length > 0) await printLine(lines.join("\n"));
  }

  let isEmpty = true;
  for await (const row of rows) {
    isEmpty = false;
    waiting.push(Object.values(columns).map((cellOf) => printable(cellOf(row))));
    if (waiting.length > ROWS_ALIGNED) await flush();
  }
  if (isEmpty) printNote(none);
  else await flush();
}

function toLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join("  ")
    .trimEnd();
}
