import type { Room, TimelineItem } from "@confab/client/core";
import { keyOf } from "@confab/client/react";
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { Composer } from "../composer/composer.tsx";
import type { Writing } from "../composer/writing.ts";
import { type ConversationActions, ConversationProvider } from "../conversation/conversation-context.ts";
import { MessageItem } from "../conversation/message-item.tsx";
import { Button } from "../design/button.tsx";
import { LoadFailed } from "../design/load-failed.tsx";
import { Spinner } from "../design/spinner.tsx";
import { isSameDay } from "../text/times.ts";
import { useThread } from "./use-thread.ts";
import "./thread.css";

const DeleteDialog = lazy(async () => ({
  default: (await import("../conversation/delete-dialog.tsx")).DeleteDialog,
}));
const EmojiPopover = lazy(async () => ({
  default: (await import("../emoji/emoji-popover.tsx")).EmojiPopover,
}));

/** Answers of one sender within this time stand together. */
const GROUP_MS = 5 * 60_000;
/** Nearer to the end than this is at the end. */
const END_PX = 48;

interface Picking {
  readonly anchor: HTMLElement;
  readonly onChoose: (emoji: string) => void;
}

/** A thread beside the conversation: its first message, the answers, and a field for another one. */
export function Thread({ room, rootSeq }: { readonly room: Room; readonly rootSeq: number }): ReactNode {
  const thread = useThread(room, rootSeq);
  const [writing, setWriting] = useState<Writing>({ kind: "new" });
  const [deleting, setDeleting] = useState<TimelineItem | null>(null);
  const [picking, setPicking] = useState<Picking | null>(null);
  const actions = useMemo<ConversationActions>(
    () => ({
      room,
      threadRootSeq: rootSeq,
      reply: (item) => setWriting({ kind: "reply", item }),
      edit: (item) => setWriting({ kind: "edit", item }),
      confirmDelete: setDeleting,
      pickEmoji: (anchor, onChoose) => setPicking({ anchor, onChoose }),
    }),
    [room, rootSeq],
  );
  if (thread.status === "loading") return <Spinner label="Loading the thread…" />;
  if (thread.status === "failed") return <LoadFailed error={thread.error} onRetry={thread.reload} />;
  return (
    <ConversationProvider value={actions}>
      <Answers {...thread.value} />
      <Composer room={room} writing={writing} onWriting={setWriting} threadRootSeq={rootSeq} />
      <Suspense>
        {deleting && <DeleteDialog room={room} item={deleting} onClose={() => setDeleting(null)} />}
        {picking && <EmojiPopover {...picking} onClose={() => setPicking(null)} />}
      </Suspense>
    </ConversationProvider>
  );
}

interface AnswersProps {
  readonly root: TimelineItem;
  readonly answers: readonly TimelineItem[];
  readonly hasOlder: boolean;
  readonly loadOlder: () => void;
}

function Answers({ root, answers, hasOlder, loadOlder }: AnswersProps): ReactNode {
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const last = answers.at(-1);
  const lastKey = last && keyOf(last);
  useEffect(() => {
    const element = scroller.current;
    if (element && lastKey !== undefined && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [lastKey]);
  const onScroll = (): void => {
    const element = scroller.current;
    if (!element) return;
    isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < END_PX;
  };
  const item = (each: TimelineItem, isHead: boolean): ReactNode => (
    <MessageItem
      key={keyOf(each)}
      id={`thread-${keyOf(each)}`}
      row={{ kind: "message", key: keyOf(each), item: each, isHead, dayAfter: null, isNewAfter: false }}
      isActive={keyOf(each) === activeKey}
      isHighlighted={false}
      onActivate={setActiveKey}
    />
  );
  return (
    <section
      className="thread-scroll"
      ref={scroller}
      onScroll={onScroll}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus
      tabIndex={0}
      aria-label="Answers"
    >
      {item(root, true)}
      <p className="thread-answers">{answersWords(answers.length, hasOlder)}</p>
      {hasOlder && (
        <div className="thread-older">
          <Button look="text" onClick={loadOlder}>
            Older answers
          </Button>
        </div>
      )}
      {answers.map((each, index) => item(each, isHead(answers[index - 1], each)))}
    </section>
  );
}

/** Says how many answers a thread has; `hasOlder` if there are more than these. */
function answersWords(count: number, hasOlder: boolean): string {
  if (count === 0) return "No answers yet";
  if (hasOlder) return `The newest ${count} answers`;
  return count === 1 ? "1 answer" : `${count} answers`;
}

function isHead(previous: TimelineItem | undefined, item: TimelineItem): boolean {
  if (!previous || previous.senderId !== item.senderId || item.replyToSeq > 0) return true;
  const betweenMs = item.createTime.getTime() - previous.createTime.getTime();
  return betweenMs >= GROUP_MS || !isSameDay(previous.createTime, item.createTime);
}
