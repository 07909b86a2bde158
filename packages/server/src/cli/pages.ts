/** The most that the service puts on a page. */
export const PAGE_SIZE = 100;

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextPageToken: string;
}

/** All rows of a list, read page by page as they are needed. */
export async function* listAll<Row>(readPage: (pageToken: string) => Promise<Page<Row>>): AsyncIterable<Row> {
  let pageToken = "";
  do {
    const { rows, nextPageToken } = await readPage(pageToken);
    yield* rows;
    pageToken = nextPageToken;
  } while (pageToken !== "");
}
