import { isLikelyAllowed, type TimelineItem } from "@confab/client/core";
import { useChat, useRoomInfo } from "@confab/client/react";
import { MessagesSquare, Pin, PinOff } from "lucide-react";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { useConversation } from "../conversation/conversation-context.ts";
import { IconButton } from "../design/button.tsx";
import { panePath } from "../details/pane.ts";
import { sayError } from "../notices/notices.ts";

/** The tools of a message that lead to its thread, and pin it. */
export function ThreadTools({ item }: { readonly item: TimelineItem }): ReactNode {
  const { room, threadRootSeq } = useConversation();
  const { me } = useChat();
  const [, navigate] = useLocation();
  const mayPin = isLikelyAllowed("pin", { me, room: useRoomInfo(room) });
  const rootSeq = item.threadRootSeq || item.seq;
  const togglePin = (): void => {
    const change = item.isPinned ? room.unpin(item.seq) : room.pin(item.seq);
    change.catch(sayError);
  };
  return (
    <>
      {threadRootSeq === undefined && (
        <IconButton
          icon={MessagesSquare}
          label="Thread"
          onClick={() => navigate(panePath(room.id, { kind: "thread", rootSeq }))}
        />
      )}
      {mayPin && (
        <IconButton
          icon={item.isPinned ? PinOff : Pin}
          label={item.isPinned ? "Unpin" : "Pin"}
          onClick={togglePin}
        />
      )}
    </>
  );
}
