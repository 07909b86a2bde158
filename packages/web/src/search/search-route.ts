/** The words and filters of a search; empty fields limit nothing. */
export interface SearchQuery {
  readonly query: string;
  readonly roomId: string;
  readonly senderId: string;
}

/** The URL of a search. */
export function searchPath({ query, roomId, senderId }: SearchQuery): string {
  const parameters = new URLSearchParams({
    ...(query !== "" && { q: query }),
    ...(roomId !== "" && { room: roomId }),
    ...(senderId !== "" && { from: senderId }),
  }).toString();
  return parameters === "" ? "/search" : `/search?${parameters}`;
}

/** Reads a search from a URL's query. */
export function searchOf(search: string): SearchQuery {
  const parameters = new URLSearchParams(search);
  const read = (name: string): string => parameters.get(name) ?? "";
  return { query: read("q"), roomId: read("room"), senderId: read("from") };
}
