import type { Message } from "@confab/client/core";
import { useChat } from "@confab/client/react";
import { useCallback, useEffect, useRef, useState } from "react";
import type { SearchQuery } from "./search-route.ts";

const PAGE_SIZE = 30;
/** Pages may be empty although more follow; after this many the user is asked. */
const MAX_EMPTY_PAGES = 5;

/** The results of a search so far. */
export interface Results {
  readonly messages: readonly Message[];
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  readonly error: unknown;
  readonly loadMore: () => void;
}

interface Pages {
  readonly messages: readonly Message[];
  readonly pageToken: string;
  readonly isLoading: boolean;
  readonly error: unknown;
}

const FIRST: Pages = { messages: [], pageToken: "", isLoading: true, error: undefined };

/** Searches, page by page. The query is not empty. */
export function useResults({ query, roomId, senderId }: SearchQuery): Results {
  const chat = useChat();
  const [pages, setPages] = useState<Pages>(FIRST);
  const ending = useRef(new AbortController());

  const load = useCallback(
    async (before: Pages): Promise<void> => {
      const { signal } = ending.current;
      setPages({ ...before, isLoading: true, error: undefined });
      try {
        const found: Message[] = [];
        let { pageToken } = before;
        for (let page = 0; page < MAX_EMPTY_PAGES && found.length === 0; page++) {
          const answer = await chat.search(query, {
            pageSize: PAGE_SIZE,
            pageToken,
            signal,
            ...(roomId !== "" && { roomIds: [roomId] }),
            ...(senderId !== "" && { senderId }),
          });
          found.push(...answer.messages);
          pageToken = answer.nextPageToken;
          if (pageToken === "") break;
        }
        const messages = [...before.messages, ...found];
        if (!signal.aborted) setPages({ messages, pageToken, isLoading: false, error: undefined });
      } catch (error) {
        if (!signal.aborted) setPages({ ...before, isLoading: false, error });
      }
    },
    [chat, query, roomId, senderId],
  );

  useEffect(() => {
    ending.current = new AbortController();
    void load(FIRST);
    return () => ending.current.abort();
  }, [load]);

  const { messages, isLoading, pageToken, error } = pages;
  return { messages, isLoading, error, hasMore: pageToken !== "", loadMore: () => void load(pages) };
}
