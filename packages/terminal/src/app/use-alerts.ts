import type { Chat, RoomInfo } from "@confab/client";
import { useEffect, useRef } from "react";
import type { TerminalScreen } from "../tty/terminal-screen.ts";
import { countForMe, hasNewForMe } from "./alerts.ts";

/** Rings for new messages to the user, and counts the unread ones in the window's title. */
export function useAlerts(chat: Chat, rooms: readonly RoomInfo[], terminal: TerminalScreen): void {
  const before = useRef(rooms);
  useEffect(() => {
    if (hasNewForMe(before.current, rooms, chat.relationships.get())) terminal.ring();
    before.current = rooms;
    terminal.showCount(countForMe(rooms));
  }, [chat, rooms, terminal]);
  useEffect(() => () => terminal.showCount(0), [terminal]);
}
