import type { TimelineItem } from "@confab/client/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { plainText } from "../markdown/plain-text.ts";

/** Reads new messages of others to screen readers. The list itself is silent, because scrolling adds rows to it. */
export function Announcer({ items }: { readonly items: readonly TimelineItem[] }): ReactNode {
  const last = items.findLast(({ state }) => state === "sent");
  const announcedSeq = useRef(last?.seq ?? 0);
  const [words, setWords] = useState("");
  useEffect(() => {
    if (!last || last.seq <= announcedSeq.current) return;
    const isFirst = announcedSeq.current === 0;
    announcedSeq.current = last.seq;
    if (isFirst || last.isMine || last.isFromBlocked) return;
    setWords(`${last.sender.displayName}: ${plainText(last.text)}`);
  }, [last]);
  return (
    <p className="visually-hidden" role="status" aria-live="polite">
      {words}
    </p>
  );
}
