/** The most bytes of a page: many gRPC clients refuse answers of more than 4 MiB. */
const MAX_PAGE_BYTES = 1024 * 1024;

/** Bounds a number, a flag or a time on the wire, and everything of a text or of bytes except their content. */
const FIELD_BYTES = 16;

/** The bounds of a page. */
export interface PageBounds {
  /** The most rows. */
  readonly limit: number;
  /** The most bytes; 1 MiB if it is not given. */
  readonly maxBytes?: number;
}

/** Returns the first rows, as many as fit into one page, but at least one. */
export function cutPage<Row>(rows: readonly Row[], { limit, maxBytes = MAX_PAGE_BYTES }: PageBounds): Row[] {
  let bytes = 0;
  let count = 0;
  for (const row of rows) {
    bytes += wireBytes(row);
    if (count === limit || (count > 0 && bytes > maxBytes)) break;
    count++;
  }
  return rows.slice(0, count);
}

/** The bounds of half a page. */
export function halfPage(limit: number): PageBounds {
  return { limit, maxBytes: MAX_PAGE_BYTES / 2 };
}

/** Estimates the bytes of plain data in an answer, to within a few for each field. */
function wireBytes(value: unknown): number {
  if (typeof value === "string") return FIELD_BYTES + Buffer.byteLength(value);
  if (value instanceof Uint8Array) return FIELD_BYTES + value.length;
  if (Array.isArray(value)) return value.reduce<number>((bytes, item) => bytes + wireBytes(item), 0);
  if (typeof value !== "object" || value === null) return FIELD_BYTES;
  let bytes = FIELD_BYTES;
  for (const [key, field] of Object.entries(value)) bytes += key.length + wireBytes(field);
  return bytes;
}
