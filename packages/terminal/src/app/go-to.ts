import type { Room } from "@confab/client";
import { indexOfKey } from "../screen/message-list.ts";
import { type ChatContext, EntryError, say } from "./chat-context.ts";

/** Everything in between is loaded and kept, so that the user can scroll on from there: at most this many messages. */
const MAX_BACK = 10_000;
/** Rows of earlier messages to show above it. */
const ROWS_ABOVE = 3;

/** Scrolls to a message and selects it. @throws EntryError when it cannot be loaded */
export async function goTo(context: ChatContext, room: Room, seq: number): Promise<undefined> {
  const { lastSeq } = room.info.get();
  if (seq < 1 || seq > lastSeq) {
    throw new EntryError(`there is no message #${seq} here: they go from #1 to #${lastSeq}`);
  }
  if (lastSeq - seq > MAX_BACK) {
    throw new EntryError(`message #${seq} is more than ${MAX_BACK} messages back, and can't be gone to`);
  }
  if (firstLoaded(room) > seq) say(context, "info", `going back to #${seq}…`);
  while (firstLoaded(room) > seq && (await room.loadOlder())) {
    // The user may have opened another room meanwhile: stay there.
    if (context.ui.get().roomId !== room.id) return;
  }
  if (context.ui.get().roomId !== room.id) return;
  if (indexOfKey(room.timeline.get().items, seq) === -1) {
    throw new EntryError(`message #${seq} is not there any more, or is from before you may read`);
  }
  context.ui.patch({ anchor: { key: seq, row: -ROWS_ABOVE }, selected: seq, panel: null, notice: null });
}

function firstLoaded(room: Room): number {
  const stored = room.timeline.get().items.find(({ seq }) => seq > 0);
  return stored?.seq ?? Number.POSITIVE_INFINITY;
}
