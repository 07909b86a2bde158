import { useEffect, useMemo } from "react";
import type { ConnectionState } from "../connection/state.ts";
import type { ConfabError } from "../errors.ts";
import type { Timeline, TimelineItem } from "../messages/message.ts";
import type { Observable } from "../observable.ts";
import { useChat } from "./chat-context.tsx";
import { OlderPages } from "./older-pages.ts";
import { constant, isSameList, useDerived, useObservable } from "./use-observable.ts";
import type { RoomToShow } from "./use-rooms.ts";

/** Options of {@link useMessages}. */
export interface UseMessagesOptions {
  /** Number of messages to load at first, if the room has as many. Default: 30. */
  readonly initialCount?: number | undefined;
}

/** The messages to show of a room, and a function that loads older ones. */
export interface Messages extends Timeline {
  /** Loads the previous page: for a button or a scroll handler. The same function for as long as the room is. */
  readonly loadOlder: () => void;
  /** The error of the last page; null after a page was loaded. */
  readonly loadError: ConfabError | null;
}

const DEFAULT_INITIAL_COUNT = 30;
const noMessages: Observable<Timeline> = constant({ items: [], hasOlder: false, isLoadingOlder: false });

/**
 * Returns the messages of a room, oldest first and without a gap, unsent ones last. An unchanged item stays the same
 * object, so that a memoized row is not rendered again. Use {@link keyOf} as the row's key.
 */
export function useMessages(
  room: RoomToShow,
  { initialCount = DEFAULT_INITIAL_COUNT }: UseMessagesOptions = {},
): Messages {
  const timeline = useDerived(room?.timeline ?? noMessages, itself, isSameTimeline);
  const isOnline = useDerived(useChat().connection, isOnlineNow);
  const older = useMemo(() => new OlderPages(room), [room]);
  const loadError = useObservable(older.error);

  const { items, hasOlder } = timeline;
  const missingCount = hasOlder ? Math.max(0, initialCount - items.length) : 0;
  useEffect(() => {
    // One page may not be enough. A failed page is loaded again with the next connection.
    if (isOnline && missingCount > 0) older.load();
  }, [older, isOnline, missingCount]);

  return useMemo(() => ({ ...timeline, loadOlder: older.load, loadError }), [timeline, older, loadError]);
}

/** Returns React's key for a message: the same before and after sending. */
export function keyOf({ isMine, clientMessageId, seq }: TimelineItem): string {
  // Other users choose their own client ids, which may collide or be empty.
  return isMine && clientMessageId !== "" ? clientMessageId : `#${seq}`;
}

function isOnlineNow({ status }: ConnectionState): boolean {
  return status === "online";
}

function itself(timeline: Timeline): Timeline {
  return timeline;
}

function isSameTimeline(before: Timeline, after: Timeline): boolean {
  return (
    before.hasOlder === after.hasOlder &&
    before.isLoadingOlder === after.isLoadingOlder &&
    isSameList(before.items, after.items)
  );
}
