import type { Room } from "@confab/client/core";
import { type Messages, useConnection } from "@confab/client/react";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import { sayError } from "../notices/notices.ts";
import { keepPlace, placeIn } from "./places.ts";
import type { Row } from "./rows.ts";

/** Nearer to the end than this is at the end. */
const END_PX = 24;
/** Older messages are loaded before their place comes into sight. */
const LOAD_AT_PX = 1_500;
/** Space above the line over new messages, so that it is seen what came before. */
const ABOVE_LINE_PX = 96;
const HIGHLIGHT_MS = 2_400;

interface ScrollingOptions {
  readonly room: Room;
  readonly rows: readonly Row[];
  readonly messages: Messages;
  readonly newAfterSeq: number | null;
  readonly targetSeq: number | undefined;
  readonly onAtEnd: (isAtEnd: boolean) => void;
}

interface Scrolling {
  readonly list: RefObject<VirtualizerHandle | null>;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly highlightedKey: string | null;
  readonly toEnd: () => void;
  readonly onScroll: (offset: number) => void;
  readonly onResize: () => void;
}

/** Decides where the list stands: at its end, at the place where the user was, at what is new, or at a message. */
export function useScrolling(options: ScrollingOptions): Scrolling {
  const { room, rows, messages, newAfterSeq, targetSeq, onAtEnd } = options;
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const followsEnd = useRef(true);
  const isPlaced = useRef(false);

  const stickToEnd = useCallback(() => {
    const element = scroller.current;
    if (element && followsEnd.current) element.scrollTop = element.scrollHeight;
  }, []);
  const setFollowsEnd = useCallback(
    (follows: boolean) => {
      followsEnd.current = follows;
      onAtEnd(follows);
    },
    [onAtEnd],
  );
  const toEnd = useCallback(() => {
    setFollowsEnd(true);
    stickToEnd();
  }, [setFollowsEnd, stickToEnd]);

  useLayoutEffect(() => {
    if (isPlaced.current || !rows.some(({ kind }) => kind === "message")) return;
    isPlaced.current = true;
    if (targetSeq !== undefined) return setFollowsEnd(false);
    const found = firstPlace(room, rows, newAfterSeq);
    if (!found || !list.current) return stickToEnd();
    setFollowsEnd(false);
    list.current.scrollToIndex(found.index, { align: "start", offset: found.offset });
  });

  const lastKey = rows.at(-1)?.key;
  const isOwnLast = messages.items.at(-1)?.state === "sending";
  useLayoutEffect(() => {
    // The user's own new message is shown to them wherever they are.
    if (lastKey !== undefined && isOwnLast) setFollowsEnd(true);
    stickToEnd();
  }, [lastKey, isOwnLast, setFollowsEnd, stickToEnd]);

  const { hasOlder, isLoadingOlder, loadError, loadOlder } = messages;
  const isOnline = useConnection().status !== "reconnecting";
  const mayLoad = hasOlder && !isLoadingOlder && !loadError && isOnline;
  const loadIfNear = useCallback(() => {
    const handle = list.current;
    if (handle && mayLoad && isPlaced.current && handle.scrollOffset < LOAD_AT_PX) loadOlder();
  }, [mayLoad, loadOlder]);
  useEffect(loadIfNear, [loadIfNear]);

  const onScroll = useCallback(
    (offset: number) => {
      const handle = list.current;
      const element = scroller.current;
      if (!handle || !element || !isPlaced.current) return;
      const isAtEnd = element.scrollHeight - element.clientHeight - offset < END_PX;
      setFollowsEnd(isAtEnd);
      const index = handle.findItemIndex(offset);
      const key = rows[index]?.key;
      keepPlace(
        room.id,
        isAtEnd || key === undefined ? null : { key, offset: offset - handle.getItemOffset(index) },
      );
      loadIfNear();
    },
    [room, rows, setFollowsEnd, loadIfNear],
  );

  const highlightedKey = useTarget({ ...options, list, setFollowsEnd });
  return { list, scroller, highlightedKey, toEnd, onScroll, onResize: stickToEnd };
}

/** Returns where to begin; null: at the end. */
function firstPlace(
  room: Room,
  rows: readonly Row[],
  newAfterSeq: number | null,
): { index: number; offset: number } | null {
  const place = placeIn(room.id);
  const kept = place ? rows.findIndex(({ key }) => key === place.key) : -1;
  if (place && kept !== -1) return { index: kept, offset: place.offset };
  if (newAfterSeq === null) return null;
  const line = rows.findIndex((row) => row.kind === "message" && row.isNewAfter);
  return line === -1 || line + 1 >= rows.length ? null : { index: line + 1, offset: -ABOVE_LINE_PX };
}

interface TargetOptions extends ScrollingOptions {
  readonly list: RefObject<VirtualizerHandle | null>;
  readonly setFollowsEnd: (follows: boolean) => void;
}

/** Goes to the message of the URL, and marks it for a moment. */
function useTarget({ room, rows, targetSeq, list, setFollowsEnd }: TargetOptions): string | null {
  const [wantedSeq, setWantedSeq] = useState<number | null>(null);
  const [highlightedKey, setHighlightedKey] = useState<string | null>(null);
  useEffect(() => {
    if (targetSeq === undefined) return;
    const ending = new AbortController();
    room.goTo(targetSeq, { signal: ending.signal }).then(
      () => setWantedSeq(targetSeq),
      (error: unknown) => {
        if (ending.signal.aborted) return;
        setFollowsEnd(true);
        sayError(error);
      },
    );
    return () => ending.abort();
  }, [room, targetSeq, setFollowsEnd]);

  useLayoutEffect(() => {
    if (wantedSeq === null) return;
    const index = rows.findIndex((row) => row.kind === "message" && row.item.seq === wantedSeq);
    const row = rows[index];
    if (!row) return;
    setWantedSeq(null);
    setFollowsEnd(false);
    setHighlightedKey(row.key);
    list.current?.scrollToIndex(index, { align: "center" });
  }, [wantedSeq, rows, list, setFollowsEnd]);

  useEffect(() => {
    if (highlightedKey === null) return;
    const timer = setTimeout(() => setHighlightedKey(null), HIGHLIGHT_MS);
    return () => clearTimeout(timer);
  }, [highlightedKey]);
  return highlightedKey;
}
