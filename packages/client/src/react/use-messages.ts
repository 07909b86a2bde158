import { useEffect, useMemo } from "react";
import type { ConnectionState } from "../connection/state.ts";
import type { ConfabError } from "../errors.ts";
import type { Observable } from "../observable.ts";
import type { Timeline, TimelineItem } from "../rooms/message.ts";
import { useChat } from "./chat-context.tsx";
import { OlderPages } from "./older-pages.ts";
import { constant, isSameList, useDerived, useObservable } from "./use-observable.ts";
import type { RoomToShow } from "./use-rooms.ts";

/** With how much {@link useMessages} begins. */
export interface UseMessagesOptions {
  /** So many messages are loaded by themselves, as far as there are so many. Default: 30. */
  readonly initialCount?: number | undefined;
}

/** What one shows of a room, and what pages upwards in it. */
export interface Messages extends Timeline {
  /** Loads the page before: for a button, or for when one has scrolled to the top. Always the same for a room. */
  readonly loadOlder: () => void;
  /** Why the last page did not come; null once one has. */
  readonly loadError: ConfabError | null;
}

const DEFAULT_INITIAL_COUNT = 30;
const noMessages: Observable<Timeline> = constant({ items: [], hasOlder: false, isLoadingOlder: false });

/**
 * The messages of a room, oldest first and without a hole, those that are unsent at the end; an item that has not
 * changed stays the same object, so that a memoized row is not rendered again. {@link keyOf} gives a row its key.
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
    // Each page that came may not be enough. One that failed is asked for again with the next connection.
    if (isOnline && missingCount > 0) older.load();
  }, [older, isOnline, missingCount]);

  return useMemo(() => ({ ...timeline, loadOlder: older.load, loadError }), [timeline, older, loadError]);
}

/** React's key for a message: the same before and after it was sent. */
export function keyOf({ isMine, clientMessageId, seq }: TimelineItem): string {
  // Others choose their ids themselves, or none.
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
