import type { Room } from "@confab/client";
import { emptyEditor } from "../input/line-editor.ts";
import { attempt, type ChatContext, currentRoom } from "./chat-context.ts";

/** Shows a room with its draft. */
export function showRoom(context: ChatContext, room: Room): void {
  const { ui } = context;
  const { roomId, editor, drafts } = ui.get();
  const { unreadCount, readSeq, lastSeq } = room.info.get();
  const kept = new Map(drafts);
  if (roomId !== null) kept.set(roomId, editor);
  ui.patch({
    roomId: room.id,
    drafts: kept,
    // Text written before any room is open belongs to the first room.
    editor: kept.get(room.id) ?? (roomId === null ? editor : emptyEditor),
    mode: { kind: "new" },
    anchor: "end",
    selected: null,
    panel: null,
    notice: null,
    newAfterSeq: unreadCount > 0 && readSeq < lastSeq ? readSeq : null,
  });
}

/** Guests and new accounts who are in no room start here: it is the room of the simple contract. */
const LOBBY = "lobby";

/** Shows the first room: the requested one, else the one with the newest message. */
export async function showFirstRoom(
  context: ChatContext,
  { wanted, isNew }: { readonly wanted: string | undefined; readonly isNew: boolean },
): Promise<void> {
  const { chat } = context;
  const [newest] = chat.rooms.get();
  if (wanted === undefined && newest) {
    showRoom(context, newest);
    return;
  }
  const title = wanted ?? (chat.me.kind === "guest" || isNew ? LOBBY : undefined);
  if (title === undefined) return;
  await attempt(context, async () => {
    showRoom(context, await chat.rooms.open(title));
    return undefined;
  });
}

/** Opens the next or the previous room in the list; wraps around. */
export function cycleRoom(context: ChatContext, step: 1 | -1): void {
  const rooms = context.chat.rooms.get();
  const { roomId } = context.ui.get();
  const index = rooms.findIndex(({ id }) => id === roomId);
  const next = rooms.at((index + step) % Math.max(1, rooms.length));
  if (next && next.id !== roomId) showRoom(context, next);
}

/** Opens another room, or none, after the user has left the open room or was removed from it. */
export function leaveMissingRoom(context: ChatContext): void {
  const { roomId, drafts } = context.ui.get();
  if (roomId === null || currentRoom(context)) return;
  const kept = new Map(drafts);
  kept.delete(roomId);
  context.ui.patch({
    roomId: null,
    drafts: kept,
    editor: emptyEditor,
    mode: { kind: "new" },
    selected: null,
  });
  const [next] = context.chat.rooms.get();
  if (next) showRoom(context, next);
}
