import type { Message } from "@confab/client/core";
import { useObservable } from "@confab/client/react";
import { CornerUpLeft } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Link } from "wouter";
import { plainText } from "../markdown/plain-text.ts";
import { roomPath } from "../shell/routes.ts";
import { useConversation } from "./conversation-context.ts";

/** The message that another one answers, in one line; a click goes there. */
export function ReplyQuote({ seq }: { readonly seq: number }): ReactNode {
  const { room } = useConversation();
  const message = useMessage(seq);
  return (
    <Link className="reply-quote" href={roomPath(room.id, seq)}>
      <CornerUpLeft size={14} strokeWidth={1.75} aria-hidden />
      {message === null ? (
        <span className="truncated">Reply to a message that is gone</span>
      ) : (
        <>
          <strong className="truncated">{message?.sender.displayName ?? "…"}</strong>
          <span className="truncated">{message ? wordsOf(message) : ""}</span>
        </>
      )}
    </Link>
  );
}

function wordsOf({ isDeleted, isFromBlocked, text }: Message): string {
  if (isDeleted) return "Message deleted";
  return isFromBlocked ? "Message of somebody you block" : plainText(text);
}

/** Returns a message of the room; undefined until it is loaded, null if there is none. */
function useMessage(seq: number): Message | null | undefined {
  const { room } = useConversation();
  const { items } = useObservable(room.timeline);
  const first = items[0]?.seq ?? 0;
  // Stored messages stand without a gap.
  const shown = first > 0 && seq >= first ? items[seq - first] : undefined;
  const isShown = shown?.seq === seq;
  const [loaded, setLoaded] = useState<Message | null>();
  useEffect(() => {
    if (isShown || loaded !== undefined) return;
    const ending = new AbortController();
    room
      .message(seq, { signal: ending.signal })
      .then(setLoaded, () => !ending.signal.aborted && setLoaded(null));
    return () => ending.abort();
  }, [room, seq, isShown, loaded]);
  return isShown ? shown : loaded;
}
