import type { User } from "@confab/client/core";
import { useChat } from "@confab/client/react";
import { useEffect, useState } from "react";

const SEARCH_AFTER_MS = 150;

/** People found by the beginning of a handle or a name. */
export interface FoundPeople {
  /** undefined until the search has been answered. */
  readonly users: readonly User[] | undefined;
  readonly error: unknown;
}

const NOTHING: FoundPeople = { users: undefined, error: undefined };

/** Finds people while the user types, without the user. Guests may not search, and an empty query finds nobody. */
export function usePeopleSearch(query: string): FoundPeople {
  const chat = useChat();
  const [found, setFound] = useState<FoundPeople & { readonly query: string }>({ ...NOTHING, query: "" });
  const wanted = query.trim().replace(/^@/, "");
  useEffect(() => {
    if (wanted === "" || chat.me.kind === "guest") return;
    const ending = new AbortController();
    const { signal } = ending;
    const timer = setTimeout(() => {
      chat.users.search(wanted, { signal }).then(
        (users) => {
          const others = users.filter(({ id, handle }) => id !== chat.me.id && handle !== "");
          setFound({ users: others, error: undefined, query: wanted });
        },
        (error: unknown) => !signal.aborted && setFound({ users: undefined, error, query: wanted }),
      );
    }, SEARCH_AFTER_MS);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [chat, wanted]);
  return found.query === wanted ? found : NOTHING;
}
