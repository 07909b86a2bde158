import { useCallback, useEffect, useRef, useState } from "react";

/** A page of a list of the server's. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** A list of the server's, as far as it is loaded. */
export interface Pages<T> {
  readonly items: readonly T[];
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  /** Begins again with the first page. */
  readonly reload: () => void;
}

interface State<T> extends Page<T> {
  readonly isLoading: boolean;
  readonly error: unknown;
}

/** Loads a list page by page, and from its beginning when `load`, which must be stable, is another. */
export function usePages<T>(load: (pageToken: string, signal: AbortSignal) => Promise<Page<T>>): Pages<T> {
  const [state, setState] = useState<State<T>>({
    items: [],
    nextPageToken: "",
    isLoading: true,
    error: undefined,
  });
  const ending = useRef(new AbortController());
  const read = useCallback(
    async (items: readonly T[], pageToken: string): Promise<void> => {
      const { signal } = ending.current;
      setState({ items, nextPageToken: pageToken, isLoading: true, error: undefined });
      try {
        const page = await load(pageToken, signal);
        if (signal.aborted) return;
        setState({ ...page, items: [...items, ...page.items], isLoading: false, error: undefined });
      } catch (error) {
        if (!signal.aborted) setState({ items, nextPageToken: pageToken, isLoading: false, error });
      }
    },
    [load],
  );
  const reload = useCallback(() => {
    ending.current.abort();
    ending.current = new AbortController();
    void read([], "");
  }, [read]);
  useEffect(() => {
    reload();
    return () => ending.current.abort();
  }, [reload]);
  const { items, nextPageToken, isLoading, error } = state;
  const loadMore = (): void => void read(items, nextPageToken);
  return { items, isLoading, error, hasMore: nextPageToken !== "", loadMore, reload };
}
