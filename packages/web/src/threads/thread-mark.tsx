import type { TimelineItem } from "@confab/client/core";
import { useObservable } from "@confab/client/react";
import { MessagesSquare } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useConversation } from "../conversation/conversation-context.ts";
import { panePath } from "../details/pane.ts";
import "./thread-mark.css";

/** Leads from a message to its thread: from the first one with the number of answers, and from each answer. */
export function ThreadMark({ item }: { readonly item: TimelineItem }): ReactNode {
  const { room, threadRootSeq } = useConversation();
  const { items } = useObservable(room.timeline);
  if (threadRootSeq !== undefined) return null;
  const rootSeq = item.threadRootSeq || item.seq;
  const words = item.threadRootSeq > 0 ? "Answer in a thread" : countWords(answersOf(items, item.seq));
  if (words === "") return null;
  return (
    <Link className="thread-mark" href={panePath(room.id, { kind: "thread", rootSeq })}>
      <MessagesSquare size={14} strokeWidth={1.75} aria-hidden />
      {words}
    </Link>
  );
}

const counts = new WeakMap<readonly TimelineItem[], ReadonlyMap<number, number>>();

/** A timeline has all messages after each of its own, so that it has all answers of a thread that begins in it. */
function answersOf(items: readonly TimelineItem[], rootSeq: number): number {
  const known = counts.get(items) ?? countAnswers(items);
  counts.set(items, known);
  return known.get(rootSeq) ?? 0;
}

function countAnswers(items: readonly TimelineItem[]): ReadonlyMap<number, number> {
  const count = new Map<number, number>();
  for (const { threadRootSeq, isDeleted } of items) {
    if (threadRootSeq > 0 && !isDeleted) count.set(threadRootSeq, (count.get(threadRootSeq) ?? 0) + 1);
  }
  return count;
}

function countWords(count: number): string {
  if (count === 0) return "";
  return count === 1 ? "1 answer" : `${count} answers`;
}
