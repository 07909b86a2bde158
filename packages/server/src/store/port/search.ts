import type { ActorNow } from "../../domain/access/ask.ts";
import type { RoomId } from "../../domain/ids.ts";
import type { SearchWords } from "../../domain/search/query.ts";
import type { SeenMessage } from "./messages.ts";

export interface SearchStore {
  /** Messages that the actor may read and that match, newest first. */
  searchMessages(query: SearchQuery): Promise<SearchResult>;
}

export interface SearchQuery extends ActorNow {
  readonly words: SearchWords;
  /** Empty: all rooms that the actor has joined. */
  readonly roomIds: readonly RoomId[];
  /** Empty: from anyone. */
  readonly senderId: string;
  /** The position behind which the page starts; 0: at the newest. */
  readonly before: number;
  readonly limit: number;
}

export interface SearchResult {
  /** Newest first. Fewer than asked for, even none, where much had to be looked through. */
  readonly messages: readonly SeenMessage[];
  /** The position behind which the next page starts; 0: there is nothing more. */
  readonly next: number;
}
