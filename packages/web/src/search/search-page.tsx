import { useChat } from "@confab/client/react";
import { ArrowLeft, SearchIcon, SearchX } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { Button, IconButton } from "../design/button.tsx";
import { EmptyState } from "../design/empty-state.tsx";
import { LoadFailed } from "../design/load-failed.tsx";
import { Spinner } from "../design/spinner.tsx";
import { wordsOf } from "../snippets/highlight.ts";
import { Filters } from "./filters.tsx";
import { Result } from "./result.tsx";
import { type SearchQuery, searchOf, searchPath } from "./search-route.ts";
import { type Results, useResults } from "./use-results.ts";
import "./search-page.css";

const SEARCH_AFTER_MS = 250;

/** Finds messages in the user's rooms by their words. The URL has the search, so that back leads to it. */
export function SearchPage(): ReactNode {
  const [, navigate] = useLocation();
  const search = searchOf(useSearch());
  const change = (next: SearchQuery): void => navigate(searchPath(next), { replace: true });
  const words = useTyped(search, change);
  return (
    <>
      <header className="pane-bar search-bar">
        <IconButton
          className="only-phone"
          icon={ArrowLeft}
          label="Back to the rooms"
          onClick={() => navigate("/")}
        />
        <h1 className="visually-hidden">Search messages</h1>
        <search className="search-field-box">
          <form className="search-field" onSubmit={words.onSubmit}>
            <SearchIcon size={16} strokeWidth={1.75} aria-hidden />
            <input
              className="input"
              type="search"
              aria-label="Search messages"
              placeholder="Search messages"
              // biome-ignore lint/a11y/noAutofocus: the page is opened to type here
              autoFocus
              value={words.typed}
              onChange={({ target }) => words.onType(target.value)}
            />
          </form>
        </search>
      </header>
      {search.query.trim() === "" ? (
        <>
          <Filters search={search} found={[]} onChange={change} />
          <EmptyState icon={SearchIcon} title="Search your rooms">
            All words must be in the message, in any order. The last one may be a beginning.
          </EmptyState>
        </>
      ) : (
        <Found key={searchPath(search)} search={search} onChange={change} />
      )}
    </>
  );
}

interface Typed {
  readonly typed: string;
  readonly onType: (words: string) => void;
  readonly onSubmit: (event: FormEvent) => void;
}

/** The words as they are typed; the search follows when the user pauses. */
function useTyped(search: SearchQuery, onChange: (search: SearchQuery) => void): Typed {
  const [typed, setTyped] = useState(search.query);
  const isSame = typed.trim() === search.query;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts the search
  useEffect(() => {
    if (isSame) return;
    const timer = setTimeout(() => onChange({ ...search, query: typed.trim() }), SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return {
    typed,
    onType: setTyped,
    onSubmit(event) {
      event.preventDefault();
      onChange({ ...search, query: typed.trim() });
    },
  };
}

function Found({
  search,
  onChange,
}: {
  search: SearchQuery;
  onChange: (search: SearchQuery) => void;
}): ReactNode {
  const results = useResults(search);
  return (
    <>
      <Filters search={search} found={results.messages} onChange={onChange} />
      <ResultList search={search} {...results} />
    </>
  );
}

function ResultList({
  search,
  messages,
  isLoading,
  hasMore,
  error,
  loadMore,
}: Results & { search: SearchQuery }): ReactNode {
  const chat = useChat();
  const marked = wordsOf(search.query);
  if (messages.length === 0) {
    if (error !== undefined) return <LoadFailed error={error} onRetry={loadMore} />;
    if (isLoading) return <Spinner label="Searching…" />;
    if (!hasMore) {
      return (
        <EmptyState icon={SearchX} title="Nothing found">
          No message that you may read has all of these words.
        </EmptyState>
      );
    }
  }
  return (
    <div className="search-results">
      <p className="visually-hidden" role="status">
        {messages.length} found{hasMore ? ", and there may be more" : ""}
      </p>
      <ol>
        {messages.map((message) => (
          <li key={message.id}>
            <Result message={message} room={chat.rooms.get(message.roomId)} marked={marked} />
          </li>
        ))}
      </ol>
      <div className="search-more">
        {isLoading && <Spinner label="Searching…" />}
        {error !== undefined && <LoadFailed error={error} onRetry={loadMore} />}
        {hasMore && !isLoading && error === undefined && <Button onClick={loadMore}>Older messages</Button>}
        {!hasMore && !isLoading && <span>That is all.</span>}
      </div>
    </div>
  );
}
