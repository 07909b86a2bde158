import { ChatError } from "../../domain/errors.ts";
import { cutPage } from "../../domain/pages.ts";

const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 100;
const MAX_TOKEN_CHARACTERS = 1_024;

interface PagedList<Row> {
  /** The list's name and all that narrows the list: a page token fits no other list. */
  readonly list: string;
  /** Reads at most `limit` rows behind the position; an empty position is the start of the list. */
  readonly read: (position: string, limit: number) => Promise<readonly Row[]>;
  readonly positionOf: (row: Row) => string;
}

/** Reads the page that a request asks for. @throws ChatError PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID */
export async function readPage<Row>(
  { pageSize, pageToken }: { readonly pageSize: number; readonly pageToken: string },
  { list, read, positionOf }: PagedList<Row>,
): Promise<{ page: Row[]; nextPageToken: string }> {
  const limit = parsePageSize(pageSize);
  // One row more than the page may have: it tells whether there is a next page.
  const rows = await read(parsePageToken(list, pageToken), limit + 1);
  const page = cutPage(rows, { limit });
  const last = page.at(-1);
  const nextPageToken = rows.length > page.length && last ? toPageToken(list, positionOf(last)) : "";
  return { page, nextPageToken };
}

/** Reads a page's size: 50 where none is asked for, at most 100. @throws ChatError PAGE_SIZE_INVALID */
export function parsePageSize(pageSize: number): number {
  if (pageSize < 0) {
    throw new ChatError("PAGE_SIZE_INVALID", `page_size is ${pageSize}: give 0 to ${MAX_PAGE_SIZE}`, {
      field: "page_size",
    });
  }
  return Math.min(pageSize || DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
}

/** Makes the token of the page that starts behind the position. */
export function toPageToken(list: string, position: string): string {
  return Buffer.from(JSON.stringify([list, position])).toString("base64url");
}

/** Reads the position from a token of this list; empty for an empty token. @throws ChatError PAGE_TOKEN_INVALID */
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

function parseJson(pageToken: string): unknown {
  try {
    return JSON.parse(Buffer.from(pageToken, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}
