import type { Room } from "@confab/client/core";
import { useChat, useObservable, useRoomInfo, useTyping } from "@confab/client/react";
import type { ReactNode } from "react";
import { Avatar } from "../design/avatar.tsx";

const MAX_NAMED = 2;
const MAX_AVATARS = 5;

/** The line between the messages and the composer: who is typing, and who has seen the newest message. */
export function BelowList({ room }: { readonly room: Room }): ReactNode {
  return (
    <div className="below-list">
      <TypingLine room={room} />
      <SeenBy room={room} />
    </div>
  );
}

function TypingLine({ room }: { readonly room: Room }): ReactNode {
  const names = useTyping(room).map(({ displayName }) => displayName);
  return (
    <span className="truncated" aria-live="polite">
      {typingWords(names)}
    </span>
  );
}

function typingWords(names: readonly string[]): string {
  if (names.length === 0) return "";
  if (names.length > MAX_NAMED) return "Several people are typing…";
  return `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} typing…`;
}

function SeenBy({ room }: { readonly room: Room }): ReactNode {
  const { me, users } = useChat();
  const positions = useObservable(room.readPositions);
  const info = useRoomInfo(room);
  const last = info?.lastMessage;
  if (!last || last.seq !== info.lastSeq) return null;
  const readers = [...positions]
    .filter(([userId, seq]) => seq >= last.seq && userId !== me.id && userId !== last.senderId)
    .map(([userId]) => ({ userId, name: users.peek(userId)?.displayName ?? "…" }));
  if (readers.length === 0) return null;
  const names = `Seen by ${readers.map(({ name }) => name).join(", ")}`;
  return (
    <span className="seen-by" role="img" aria-label={names} title={names}>
      {readers.slice(0, MAX_AVATARS).map(({ userId, name }) => (
        <Avatar key={userId} userId={userId} name={name} size="tiny" />
      ))}
      {readers.length > MAX_AVATARS && <span className="seen-by-more">+{readers.length - MAX_AVATARS}</span>}
    </span>
  );
}
