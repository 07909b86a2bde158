import type { Message, RoomInfo } from "@confab/client/core";
import { memo, type ReactNode } from "react";
import { Link } from "wouter";
import { Badge } from "../design/badge.tsx";
import { plainText } from "../markdown/plain-text.ts";
import { roomPath } from "../shell/routes.ts";
import { fullTime, shortTime } from "../text/times.ts";
import { RoomAvatar } from "./room-avatar.tsx";

/** A room in the list: its title, its last message, and what is unread. */
export const RoomRow = memo(function RoomRow({
  info,
  isOpen,
}: {
  info: RoomInfo;
  isOpen: boolean;
}): ReactNode {
  const { unreadCount, mentionCount, lastMessage } = info;
  const time = lastMessage?.createTime;
  return (
    <Link
      href={roomPath(info.id)}
      className={unreadCount > 0 ? "room-row room-row-unread" : "room-row"}
      aria-current={isOpen ? "page" : undefined}
    >
      <RoomAvatar info={info} />
      <span className="room-row-title truncated">{info.title}</span>
      <span className="room-row-time">
        {time && (
          <time dateTime={time.toISOString()} title={fullTime(time)}>
            {shortTime(time, new Date())}
          </time>
        )}
      </span>
      <span className="room-row-last truncated">{lastWords(info, lastMessage)}</span>
      <span className="room-row-count">
        <Badge count={mentionCount} kind="mention" mark="@" />
        <Badge count={unreadCount} kind={info.kind === "direct" ? "mention" : "unread"} />
      </span>
    </Link>
  );
});

function lastWords({ kind }: RoomInfo, message: Message | null): string {
  if (!message) return "No messages yet";
  if (message.isDeleted) return "Message deleted";
  if (message.isFromBlocked) return "Message of somebody you block";
  const text = plainText(message.text);
  if (message.isMine) return `You: ${text}`;
  // First names are enough here, and leave room for the words.
  const [name = ""] = message.sender.displayName.split(" ");
  return kind === "direct" ? text : `${name}: ${text}`;
}
