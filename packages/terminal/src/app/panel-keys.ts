import type { PressedKey } from "../input/split-keys.ts";
import type { Screen } from "../screen/chat-screen.ts";
import { opensEntries, type PanelTarget } from "../screen/panel.ts";
import { scrollTo } from "../screen/viewport.ts";
import { attempt, type ChatContext, EntryError } from "./chat-context.ts";
import { goTo } from "./go-to.ts";
import { showRoom } from "./open-room.ts";

/** Returns a key's action in a panel whose entries open, while no text is being written; null for other keys. */
export function panelAction(context: ChatContext, screen: Screen, key: PressedKey): (() => void) | null {
  const { panel, panelChoice } = context.ui.get();
  if (!panel || !opensEntries(panel)) return null;
  if (key.upArrow || key.downArrow)
    return () => choose(context, screen, panelChoice + (key.upArrow ? -1 : 1));
  const target = panel.entries[panelChoice]?.opens;
  if (!key.return || key.meta || key.shift || !target) return null;
  return () => void attempt(context, () => open(context, target));
}

function choose({ ui }: ChatContext, { panel, height }: Screen, wanted: number): void {
  if (!panel) return;
  const index = Math.max(0, Math.min(panel.count - 1, wanted));
  const top = scrollTo(panel, height, { at: ui.get().panelTop, index });
  ui.patch({ panelChoice: index, panelTop: top === "end" ? { index: panel.count, row: 0 } : top });
}

async function open(context: ChatContext, target: PanelTarget): Promise<undefined> {
  const { chat, ui } = context;
  if (target.kind === "room") {
    showRoom(context, chat.rooms.get(target.roomId) ?? (await chat.rooms.join(target.roomId)));
    return;
  }
  const room = chat.rooms.get(target.roomId);
  if (!room) throw new EntryError("you are not in this message's room any more");
  if (ui.get().roomId === room.id) ui.patch({ panel: null });
  else showRoom(context, room);
  await goTo(context, room, target.seq);
}
