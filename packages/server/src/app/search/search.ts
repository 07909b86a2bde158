import { type AccountAsk, type ActorNow, actorNow } from "../../domain/access/ask.ts";
import { serviceOf } from "../../domain/access/callers.ts";
import { ChatError } from "../../domain/errors.ts";
import { parseSearchQuery } from "../../domain/search/query.ts";
import type { SearchQuery, SearchResult } from "../../store/port/search.ts";
import type { Store } from "../../store/port/store.ts";
import type { Limits } from "../limits.ts";

const MAX_SEARCHED_ROOMS = 100;

export interface MessageSearch {
  /**
   * Finds messages that the caller may read, newest first.
   *
   * @throws ChatError FIELD_…, TOO_MANY_IDS, ROOM_NOT_FOUND, NOT_A_MEMBER, RATE_LIMITED
   */
  searchMessages(
    ask: AccountAsk,
    search: Omit<SearchQuery, keyof ActorNow | "words"> & { readonly query: string },
  ): Promise<SearchResult>;
}

export function createMessageSearch(store: Store, limits: Limits): MessageSearch {
  return {
    async searchMessages(ask, { query, roomIds, ...search }) {
      const words = parseSearchQuery(query, "query");
      if (roomIds.length > MAX_SEARCHED_ROOMS) {
        const message = `room_ids has ${roomIds.length} entries; at most ${MAX_SEARCHED_ROOMS} are allowed`;
        throw new ChatError("TOO_MANY_IDS", message, { field: "room_ids" });
      }
      // A service searches for all of its users: it is held to its number of calls.
      if (serviceOf(ask.caller) === null) await limits.take("searchPerUser", ask.caller.account.id);
      return store.searchMessages({ ...search, ...actorNow(ask), words, roomIds });
    },
  };
}
