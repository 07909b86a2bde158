import type { Room } from "@confab/client";
import { emptyEditor } from "../input/line-editor.ts";
import { attempt, type ChatContext, currentRoom } from "./chat-context.ts";

/** Shows a room, with what one was writing there. */
export function showRoom(context: ChatContext, room: Room): void {
  const { ui } = context;
  const { roomId, editor, drafts } = ui.get();
  const { unreadCount, readSeq, lastSeq } = room.info.get();
  const kept = new Map(drafts);
  if (roomId !== null) kept.set(roomId, editor);
  ui.patch({
    roomId: room.id,
    drafts: kept,
    // What is written before there is a room is for the first one.
    editor: kept.get(room.id) ?? (roomId === null ? editor : emptyEditor),
    mode: { kind: "new" },
    anchor: "end",
    selected: null,
    panel: null,
    notice: null,
    newAfterSeq: unreadCount > 0 && readSeq < lastSeq ? readSeq : null,
  });
}

/** Guests begin here where they are in no room: it is where the simple contract speaks. */
const LOBBY = "lobby";

/** Shows the room to begin with: the one that was asked for, else the one with the newest message. */
export async function showFirstRoom(context: ChatContext, wanted: string | undefined): Promise<void> {
  const { chat } = context;
  const [newest] = chat.rooms.get();
  if (wanted === undefined && newest) {
    showRoom(context, newest);
    return;
  }
  const title = wanted ?? (chat.me.kind === "guest" ? LOBBY : undefined);
  if (title === undefined) return;
  await attempt(context, async () => {
    showRoom(context, await chat.rooms.open(title));
    return undefined;
  });
}

/** Goes so many rooms further in the list, around its ends. */
export function cycleRoom(context: ChatContext, step: 1 | -1): void {
  const rooms = context.chat.rooms.get();
  const { roomId } = context.ui.get();
  const index = rooms.findIndex(({ id }) => id === roomId);
  const next = rooms.at((index + step) % Math.max(1, rooms.length));
  if (next && next.id !== roomId) showRoom(context, next);
}

/** Where the open room has gone, because one left it or was removed: another one, or none. */
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
