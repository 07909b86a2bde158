import type { TimelineItem } from "@confab/client/core";
import { Pin } from "lucide-react";
import { type MouseEvent, memo, type ReactNode, useState } from "react";
import { Avatar } from "../design/avatar.tsx";
import { clockTime, fullTime } from "../text/times.ts";
import { ThreadMark } from "../threads/thread-mark.tsx";
import { Delivery } from "./delivery.tsx";
import { MessageText } from "./message-text.tsx";
import { MessageTools } from "./message-tools.tsx";
import { Reactions } from "./reactions.tsx";
import { ReplyQuote } from "./reply-quote.tsx";
import type { MessageRow } from "./rows.ts";
import "./message-item.css";

interface MessageItemProps {
  readonly id: string;
  readonly row: MessageRow;
  /** True for the message that was chosen by keyboard or by a tap: it shows what can be done with it. */
  readonly isActive: boolean;
  readonly isHighlighted: boolean;
  readonly onActivate: (key: string | null) => void;
}

/** One message: its sender if it begins a group, its text, and what others think of it. */
export const MessageItem = memo(function MessageItem(props: MessageItemProps): ReactNode {
  const { id, row, isActive, isHighlighted, onActivate } = props;
  const { item, isHead, key } = row;
  const [isHovered, setIsHovered] = useState(false);
  const hasTools = (isHovered || isActive) && item.state === "sent" && !item.isDeleted;
  const classes = [
    "message",
    isHead && "message-head",
    isActive && "message-active",
    isHighlighted && "message-highlighted",
    item.mentionsMe && "message-mention",
    item.state === "sending" && "message-sending",
  ];
  const onClick = (event: MouseEvent): void => {
    // Fingers have no hover: a tap shows the tools, and another hides them.
    if (!matchMedia("(pointer: coarse)").matches || isControl(event.target)) return;
    onActivate(isActive ? null : key);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list handles the keys of its messages
    <article
      id={id}
      className={classes.filter(Boolean).join(" ")}
      tabIndex={-1}
      aria-label={`${item.sender.displayName}, ${fullTime(item.createTime)}`}
      onClick={onClick}
      onFocus={() => onActivate(key)}
      onPointerEnter={({ pointerType }) => setIsHovered(pointerType === "mouse")}
      onPointerLeave={() => setIsHovered(false)}
    >
      <Gutter item={item} isHead={isHead} />
      <div className="message-content">
        {item.replyToSeq > 0 && <ReplyQuote seq={item.replyToSeq} />}
        {isHead && <Name item={item} />}
        <div className="message-body">
          <MessageText item={item} />
        </div>
        {item.isPinned && (
          <span className="message-mark">
            <Pin size={12} strokeWidth={1.75} aria-hidden /> Pinned
          </span>
        )}
        <Delivery item={item} />
        {item.reactions.length > 0 && <Reactions item={item} />}
        {item.seq > 0 && <ThreadMark item={item} />}
      </div>
      {hasTools && <MessageTools item={item} />}
    </article>
  );
});

function Gutter({ item, isHead }: Pick<MessageRow, "item" | "isHead">): ReactNode {
  if (isHead) return <Avatar userId={item.senderId} name={item.sender.displayName} />;
  return (
    <span className="message-gutter">
      <Time item={item} />
    </span>
  );
}

function Name({ item }: { readonly item: TimelineItem }): ReactNode {
  return (
    <span className="message-name">
      <strong className="truncated">{item.sender.displayName}</strong>
      <span className="message-time">
        <Time item={item} />
      </span>
    </span>
  );
}

function Time({ item: { createTime } }: { readonly item: TimelineItem }): ReactNode {
  return (
    <time dateTime={createTime.toISOString()} title={fullTime(createTime)}>
      {clockTime(createTime)}
    </time>
  );
}

function isControl(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest("button, a, pre") !== null;
}
