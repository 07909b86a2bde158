import type { Origin } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { RoomId } from "../domain/ids.ts";
import { parseRoomId, parseSeq } from "../domain/message-fields.ts";
import { parseSearchQuery } from "../domain/search-query.ts";
import type { History, HistoryPosition, SearchResult, SeenMessage } from "../store/port/messages.ts";
import type { Store } from "../store/port/store.ts";
import type { Clock } from "./clock.ts";
import type { MessagePlace } from "./message-changes.ts";
import { accepted, toActor } from "./refusals.ts";
import { requireAccount } from "./require.ts";

const MAX_SEARCHED_ROOMS = 100;

/** Reading what was written. */
export interface MessageHistory {
  /** @throws ChatError MESSAGE_NOT_FOUND, ROOM_NOT_FOUND, NOT_A_MEMBER, FIELD_REQUIRED */
  get(place: MessagePlace, origin: Origin): Promise<SeenMessage>;
  /** @throws ChatError ROOM_NOT_FOUND, NOT_A_MEMBER, FIELD_… */
  list(roomId: RoomId, page: HistoryPage, origin: Origin): Promise<History>;
  /** What the caller may read, newest first. @throws ChatError FIELD_…, TOO_MANY_IDS, ROOM_NOT_FOUND, NOT_A_MEMBER */
  search(search: Search, origin: Origin): Promise<SearchResult>;
}

export interface HistoryPage {
  /** At most one of them; none: the newest messages. */
  readonly positions: readonly HistoryPosition[];
  /** 0: all of the room. */
  readonly threadRootSeq: number;
  readonly pinnedOnly: boolean;
  readonly limit: number;
}

interface Search {
  readonly query: string;
  /** Empty: all rooms that the caller has joined. */
  readonly roomIds: readonly RoomId[];
  /** Empty: from anyone. */
  readonly senderId: string;
  /** 0: from the newest. */
  readonly before: number;
  readonly limit: number;
}

export function createMessageHistory({
  store,
  clock,
}: {
  readonly store: Store;
  readonly clock: Clock;
}): MessageHistory {
  return {
    async get({ roomId, seq }, { caller }) {
      parseRoomId(roomId, "room_id");
      parseSeq(seq, "seq");
      const actor = toActor(requireAccount(caller));
      return accepted(await store.getMessage({ actor, roomId, seq, nowMs: clock() }));
    },

    async list(roomId, { positions, ...page }, { caller }) {
      parseRoomId(roomId, "room_id");
      const position = positions[0] ?? { kind: "latest" };
      checkPosition(positions, page);
      const actor = toActor(requireAccount(caller));
      return accepted(await store.listMessages({ ...page, actor, roomId, position, nowMs: clock() }));
    },

    async search({ query, roomIds, ...search }, { caller }) {
      const terms = parseSearchQuery(query, "query");
      if (roomIds.length > MAX_SEARCHED_ROOMS) {
        const message = `room_ids has ${roomIds.length} entries; at most ${MAX_SEARCHED_ROOMS} are allowed`;
        throw new ChatError("TOO_MANY_IDS", message, { field: "room_ids" });
      }
      const actor = toActor(requireAccount(caller));
      return accepted(await store.searchMessages({ ...search, terms, roomIds, actor, nowMs: clock() }));
    },
  };
}

const fieldOf = {
  before: "before_seq",
  after: "after_seq",
  around: "around_seq",
  "since-revision": "since_revision",
  latest: "",
} as const satisfies Record<HistoryPosition["kind"], string>;

function checkPosition(
  positions: readonly HistoryPosition[],
  { threadRootSeq, pinnedOnly }: Pick<HistoryPage, "threadRootSeq" | "pinnedOnly">,
): void {
  const [first, second] = positions;
  if (first && second) {
    const field = fieldOf[second.kind];
    const message = `${fieldOf[first.kind]} and ${field} are both given: give one of them`;
    throw new ChatError("FIELD_INVALID", message, { field });
  }
  if (first?.kind === "since-revision" && (threadRootSeq > 0 || pinnedOnly)) {
    const field = pinnedOnly ? "pinned_only" : "thread_root_seq";
    const message = `since_revision gives all that has changed: it can't be narrowed by ${field}`;
    throw new ChatError("FIELD_INVALID", message, { field });
  }
}
