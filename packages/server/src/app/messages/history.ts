import { type AccountAsk, type ActorNow, actorNow } from "../../domain/access/ask.ts";
import { ChatError } from "../../domain/errors.ts";
import { parseRoomId, parseSeq } from "../../domain/messages/fields.ts";
import type { MessagePlace } from "../../domain/messages/message.ts";
import type { History, HistoryPosition, HistoryQuery, SeenMessage } from "../../store/port/messages.ts";
import type { Store } from "../../store/port/store.ts";

/** Reads messages. */
export interface MessageHistory {
  /** @throws ChatError MESSAGE_NOT_FOUND, ROOM_NOT_FOUND, NOT_A_MEMBER, FIELD_REQUIRED */
  getMessage(ask: AccountAsk, place: MessagePlace): Promise<SeenMessage>;
  /** @throws ChatError ROOM_NOT_FOUND, NOT_A_MEMBER, FIELD_… */
  listMessages(ask: AccountAsk, page: HistoryPage): Promise<History>;
}

export interface HistoryPage extends Omit<HistoryQuery, keyof ActorNow | "position"> {
  /** At most one of them; none: the newest messages. */
  readonly positions: readonly HistoryPosition[];
}

export function createMessageHistory(store: Store): MessageHistory {
  return {
    async getMessage(ask, { roomId, seq }) {
      parseRoomId(roomId, "room_id");
      parseSeq(seq, "seq");
      return store.getMessage({ ...actorNow(ask), roomId, seq });
    },

    async listMessages(ask, { positions, ...page }) {
      parseRoomId(page.roomId, "room_id");
      const position = positions[0] ?? { kind: "latest" };
      checkPosition(positions, page);
      return store.listMessages({ ...page, ...actorNow(ask), position });
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
