import type { Room } from "@confab/client/core";
import { type Messages, useConnection, useMessages, useUnread } from "@confab/client/react";
import { ArrowDown } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useState } from "react";
import { Virtualizer } from "virtua";
import { Badge } from "../design/badge.tsx";
import { Button } from "../design/button.tsx";
import { Spinner } from "../design/spinner.tsx";
import { errorWords } from "../text/error-words.ts";
import { Announcer } from "./announcer.tsx";
import { MessageItem } from "./message-item.tsx";
import { RoomBeginning } from "./room-beginning.tsx";
import { RowLines } from "./row-lines.tsx";
import type { Row } from "./rows.ts";
import { useRows } from "./use-rows.ts";
import { useScrolling } from "./use-scrolling.ts";
import { useSeen } from "./use-seen.ts";
import "./message-list.css";

const INITIAL_COUNT = 50;
const NOTHING = { items: [], hasOlder: true } as const;

interface MessageListProps {
  readonly room: Room;
  readonly targetSeq: number | undefined;
}

/** The messages of a room, of which only those in sight are in the document. */
export function MessageList({ room, targetSeq }: MessageListProps): ReactNode {
  const messages = useMessages(room, { initialCount: INITIAL_COUNT });
  const [isAtEnd, setIsAtEnd] = useState(true);
  const newAfterSeq = useSeen(room, isAtEnd);
  const isReady = useReady(messages);
  const { rows, shift } = useRows(isReady ? messages : NOTHING, newAfterSeq);
  const { list, scroller, toEnd, highlightedKey, onScroll, onResize } = useScrolling({
    room,
    rows,
    messages,
    newAfterSeq,
    targetSeq,
    onAtEnd: setIsAtEnd,
  });
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const activeIndex = activeKey === null ? -1 : rows.findIndex(({ key }) => key === activeKey);

  const activate = useCallback(
    (index: number): void => {
      const row = rows[index];
      if (row?.kind !== "message") return;
      setActiveKey(row.key);
      list.current?.scrollToIndex(index, { align: "nearest" });
      requestAnimationFrame(() => document.getElementById(elementId(row))?.focus({ preventScroll: true }));
    },
    [rows, list],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || isInControl(event.target)) return;
    if (event.key === "ArrowUp") activate(activeIndex === -1 ? rows.length - 1 : activeIndex - 1);
    else if (event.key === "ArrowDown" && activeIndex !== -1) activate(activeIndex + 1);
    else if (event.key === "End") toEnd();
    else if (event.key === "Escape") setActiveKey(null);
    else return;
    event.preventDefault();
  };

  return (
    <section className="message-list" aria-label="Messages">
      <div
        className="message-scroll"
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label="Messages, oldest first"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={({ relatedTarget }) => relatedTarget?.closest(".composer") && setActiveKey(null)}
      >
        {!isReady && (
          <div className="message-wait">
            <Spinner label="Loading messages…" />
          </div>
        )}
        <div className="message-spacer" />
        <Virtualizer
          ref={list}
          data={rows}
          shift={shift}
          scrollRef={scroller}
          bufferSize={600}
          keepMounted={activeIndex === -1 ? [] : [activeIndex]}
          onScroll={onScroll}
          onResize={onResize}
        >
          {(row: Row) => (
            <div key={row.key}>
              {row.kind === "beginning" ? (
                <RoomBeginning room={room} />
              ) : (
                <MessageItem
                  id={elementId(row)}
                  row={row}
                  isActive={row.key === activeKey}
                  isHighlighted={row.key === highlightedKey}
                  onActivate={setActiveKey}
                />
              )}
              <RowLines row={row} />
            </div>
          )}
        </Virtualizer>
      </div>
      {isReady && <OlderState {...messages} />}
      {!isAtEnd && <ToEnd room={room} onClick={toEnd} />}
      <Announcer items={messages.items} />
    </section>
  );
}

/** Returns true once the first pages are loaded, or can't be now: until then it is not known where the list begins. */
function useReady({ items, hasOlder, loadError }: Messages): boolean {
  const { status } = useConnection();
  const isReady =
    items.length >= INITIAL_COUNT || !hasOlder || loadError !== null || status === "reconnecting";
  const [wasReady, setWasReady] = useState(isReady);
  useEffect(() => {
    if (isReady) setWasReady(true);
  }, [isReady]);
  return wasReady || isReady;
}

function elementId({ key }: Row): string {
  return `message-${key}`;
}

function isInControl(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest("button, a, pre") !== null;
}

type OlderStateProps = Pick<ReturnType<typeof useMessages>, "isLoadingOlder" | "loadError" | "loadOlder">;

function OlderState({ isLoadingOlder, loadError, loadOlder }: OlderStateProps): ReactNode {
  if (isLoadingOlder) {
    return (
      <div className="loading-older">
        <Spinner label="Loading older messages…" />
      </div>
    );
  }
  if (!loadError) return null;
  return (
    <div className="loading-older" role="alert">
      <Button onClick={loadOlder} title={errorWords(loadError)}>
        Older messages could not be loaded. Try again
      </Button>
    </div>
  );
}

function ToEnd({ room, onClick }: { readonly room: Room; readonly onClick: () => void }): ReactNode {
  const { unreadCount } = useUnread(room);
  return (
    <Button className="to-end" onClick={onClick}>
      <ArrowDown size={16} strokeWidth={1.75} aria-hidden />
      To the latest
      <Badge count={unreadCount} kind="mention" />
    </Button>
  );
}
