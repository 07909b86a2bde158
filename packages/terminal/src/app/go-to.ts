import type { Room } from "@confab/client";
import { indexOfKey } from "../screen/message-list.ts";
import { type ChatContext, EntryError, say } from "./chat-context.ts";

/** What lies between is loaded and kept, so that one can scroll on from there: at most so many messages. */
const MAX_BACK = 10_000;
/** So much of what was said before it is to be seen above it. */
const ROWS_ABOVE = 3;

/** Shows a message in its place among the others, selected. @throws EntryError where it isn't to be had */
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
    // Whoever has gone elsewhere meanwhile stays there.
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
