import { ChatError } from "../../domain/errors.ts";

const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 100;
const MAX_TOKEN_CHARACTERS = 1_024;

/** The size of a page: 50 where none is asked for, 100 where more is. @throws ChatError PAGE_SIZE_INVALID */
export function parsePageSize(pageSize: number): number {
  if (pageSize < 0) {
    throw new ChatError("PAGE_SIZE_INVALID", `page_size is ${pageSize}: give 0 to ${MAX_PAGE_SIZE}`, {
      field: "page_size",
    });
  }
  return Math.min(pageSize || DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
}

/**
 * Where the next page of a list starts. The list's own name and question are in the token, so that it can't
 * be taken for one of another list.
 */
export function toPageToken(list: string, position: string): string {
  return Buffer.from(JSON.stringify([list, position])).toString("base64url");
}

/** The position in a token of this list; the start for an empty one. @throws ChatError PAGE_TOKEN_INVALID */
export function parsePageToken(list: string, pageToken: string): string {
  if (pageToken === "") return "";
  const parts = pageToken.length <= MAX_TOKEN_CHARACTERS ? parseJson(pageToken) : null;
  if (Array.isArray(parts) && parts.length === 2 && parts[0] === list && typeof parts[1] === "string") {
    return parts[1];
  }
  throw new ChatError("PAGE_TOKEN_INVALID", "page_token is not one that this list with this query gave", {
    field: "page_token",
  });
}

/** The rows of this page and the token of the next: the list was asked for one row more than the page has. */
export function cutPage<Row>(
  rows: readonly Row[],
  { list, size, positionOf }: { list: string; size: number; positionOf: (row: Row) => string },
): { page: readonly Row[]; nextPageToken: string } {
  const page = rows.slice(0, size);
  const last = page.at(-1);
  const nextPageToken = rows.length > size && last ? toPageToken(list, positionOf(last)) : "";
  return { page, nextPageToken };
}

function parseJson(pageToken: string): unknown {
  try {
    return JSON.parse(Buffer.from(pageToken, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}
