import { useRoom, useRoomInfo, useUnreadTotal } from "@confab/client/react";
import { useEffect } from "react";

/** Names the open room in the window's title, and counts what is unread in all rooms: `(2) general · Confab`. */
export function useDocumentTitle(roomId: string | undefined): void {
  const title = useRoomInfo(useRoom(roomId))?.title;
  const { unreadCount } = useUnreadTotal();
  useEffect(() => {
    const count = unreadCount > 0 ? `(${unreadCount}) ` : "";
    document.title = `${count}${title === undefined ? "" : `${title} · `}Confab`;
  }, [title, unreadCount]);
}
