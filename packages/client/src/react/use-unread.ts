import { useEffect } from "react";
import type { Observable } from "../observable.ts";
import type { Room } from "../rooms/room.ts";
import type { RoomInfo } from "../rooms/room-info.ts";
import { useChat } from "./chat-context.tsx";
import { constant, useDerived } from "./use-observable.ts";
import type { RoomToShow } from "./use-rooms.ts";

/** Unread messages of other users. */
export interface Unread {
  readonly unreadCount: number;
  /** The part of them that mentions the user or everybody. */
  readonly mentionCount: number;
}

const noInfo: Observable<RoomInfo | null> = constant(null);

/** Returns the unread counts of a room. Re-renders when a count changes, not with each message. */
export function useUnread(room: RoomToShow): Unread {
  return useDerived(room?.info ?? noInfo, unreadIn, isSameUnread);
}

/** Returns the unread counts of all rooms together, for a title or a badge. */
export function useUnreadTotal(): Unread {
  return useDerived(useChat().rooms, unreadInAll, isSameUnread);
}

/**
 * Moves the user's read position to the newest message of the room, now and with each new one, while `isSeen` is true.
 * Pass false while the messages are scrolled out of sight or the window is hidden.
 */
export function useMarkRead(room: RoomToShow, isSeen = true): void {
  const unreadSeq = useDerived(room?.info ?? noInfo, newestUnread);
  useEffect(() => {
    // Without a connection the position is sent with the next one; a refused one stays unread.
    if (room && isSeen && unreadSeq > 0) room.markRead(unreadSeq).catch(() => {});
  }, [room, isSeen, unreadSeq]);
}

function unreadIn(info: RoomInfo | null): Unread {
  return { unreadCount: info?.unreadCount ?? 0, mentionCount: info?.mentionCount ?? 0 };
}

function unreadInAll(rooms: readonly Room[]): Unread {
  const infos = rooms.map(({ info }) => info.get());
  return {
    unreadCount: infos.reduce((sum, { unreadCount }) => sum + unreadCount, 0),
    mentionCount: infos.reduce((sum, { mentionCount }) => sum + mentionCount, 0),
  };
}

/** Returns the newest message's seq if something is unread, else 0. */
function newestUnread(info: RoomInfo | null): number {
  return info && info.unreadCount > 0 ? info.lastSeq : 0;
}

function isSameUnread(before: Unread, after: Unread): boolean {
  return before.unreadCount === after.unreadCount && before.mentionCount === after.mentionCount;
}
