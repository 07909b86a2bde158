import type { ReactNode } from "react";
import { Button } from "../design/button.tsx";
import { LoadFailed } from "../design/load-failed.tsx";
import { Spinner } from "../design/spinner.tsx";
import type { Pages } from "./use-pages.ts";

interface PagedListProps<T> {
  readonly pages: Pages<T>;
  /** The words for an empty list. */
  readonly nothing: string;
  readonly children: (item: T) => ReactNode;
}

/** A list that is loaded page by page. */
export function PagedList<T>({ pages, nothing, children }: PagedListProps<T>): ReactNode {
  const { items, isLoading, error, hasMore, loadMore } = pages;
  return (
    <>
      <ul className="admin-list">{items.map(children)}</ul>
      {isLoading && <Spinner label="Loading…" />}
      {!isLoading && error !== undefined && <LoadFailed error={error} onRetry={loadMore} />}
      {!isLoading && error === undefined && items.length === 0 && <p className="admin-soft">{nothing}</p>}
      {!isLoading && error === undefined && hasMore && (
        <div className="admin-more">
          <Button onClick={loadMore}>More</Button>
        </div>
      )}
    </>
  );
}
