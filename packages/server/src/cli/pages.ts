/** The largest page that the service returns. */
export const PAGE_SIZE = 100;

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextPageToken: string;
}

/** Yields all rows of a list. Reads each page only when it is needed. */
export async function* listAll<Row>(readPage: (pageToken: string) => Promise<Page<Row>>): AsyncIterable<Row> {
  let pageToken = "";
  do {
    const { rows, nextPageToken } = await readPage(pageToken);
    yield* rows;
    pageToken = nextPageToken;
  } while (pageToken !== "");
}
