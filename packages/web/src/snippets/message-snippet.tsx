import type { Message } from "@confab/client/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { Avatar } from "../design/avatar.tsx";
import { withoutMarks } from "../markdown/plain-text.ts";
import { fullTime, momentName } from "../text/times.ts";
import { highlight, type WantedWord } from "./highlight.ts";
import "./message-snippet.css";

interface MessageSnippetProps {
  readonly message: Message;
  /** The URL of the message in its room. */
  readonly href: string;
  /** The room's title, where messages of several rooms stand together. */
  readonly where?: string | undefined;
  /** Words to mark, as `wordsOf` returns them. */
  readonly marked?: readonly WantedWord[];
  readonly children?: ReactNode;
}

/** A message outside its conversation, which leads there. */
export function MessageSnippet({
  message,
  href,
  where,
  marked = [],
  children,
}: MessageSnippetProps): ReactNode {
  const { sender, senderId, createTime } = message;
  return (
    <article className="snippet">
      <Avatar userId={senderId} name={sender.displayName} size="small" />
      <Link className="snippet-body" href={href}>
        <span className="snippet-head">
          <strong className="truncated">{sender.displayName}</strong>
          {where !== undefined && <span className="snippet-where truncated">{where}</span>}
          <time dateTime={createTime.toISOString()} title={fullTime(createTime)}>
            {momentName(createTime, new Date())}
          </time>
        </span>
        <SnippetText message={message} marked={marked} />
      </Link>
      {children !== undefined && <span className="snippet-tools">{children}</span>}
    </article>
  );
}

function SnippetText({ message, marked }: { message: Message; marked: readonly WantedWord[] }): ReactNode {
  const { isDeleted, isFromBlocked, text, payloadType } = message;
  if (isDeleted) return <span className="snippet-gone">Message deleted</span>;
  if (isFromBlocked) return <span className="snippet-gone">Message of somebody you block</span>;
  if (text === "") return <span className="snippet-gone">Content of another application: {payloadType}</span>;
  return (
    <span className="snippet-text">
      {highlight(withoutMarks(text), marked).map((part, index) => {
        const key = `${index}`;
        return part.isFound ? <mark key={key}>{part.text}</mark> : <span key={key}>{part.text}</span>;
      })}
    </span>
  );
}
