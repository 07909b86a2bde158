import type { Room } from "@confab/client/core";
import { useMarkRead, useRoomInfo } from "@confab/client/react";
import { useEffect, useState, useSyncExternalStore } from "react";

/** Marks the room as read while its end is looked at. @returns the last message before the line above new ones, or null */
export function useSeen(room: Room, isAtEnd: boolean): number | null {
  const info = useRoomInfo(room);
  const isLookedAt = useSyncExternalStore(subscribe, isPageLookedAt);
  const [newAfterSeq, setNewAfterSeq] = useState(() => firstNew(room));
  const hasUnread = (info?.unreadCount ?? 0) > 0;
  useMarkRead(room, isAtEnd && isLookedAt);
  useEffect(() => {
    // Messages that come while nobody looks begin another line.
    if (hasUnread && !(isAtEnd && isLookedAt)) setNewAfterSeq((line) => line ?? firstNew(room));
    if (!hasUnread && isAtEnd && !isLookedAt) setNewAfterSeq(null);
  }, [room, hasUnread, isAtEnd, isLookedAt]);
  return newAfterSeq;
}

function firstNew(room: Room): number | null {
  const { unreadCount, readSeq, lastSeq } = room.info.get();
  return unreadCount > 0 && readSeq < lastSeq ? readSeq : null;
}

function isPageLookedAt(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("focus", listener);
  window.addEventListener("blur", listener);
  document.addEventListener("visibilitychange", listener);
  return () => {
    window.removeEventListener("focus", listener);
    window.removeEventListener("blur", listener);
    document.removeEventListener("visibilitychange", listener);
  };
}
