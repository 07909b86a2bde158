import { isLikelyAllowed, type TimelineItem } from "@confab/client/core";
import { useChat, useRoomInfo } from "@confab/client/react";
import { Pencil, Reply, SmilePlus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../design/button.tsx";
import { sayError } from "../notices/notices.ts";
import { ThreadTools } from "../threads/thread-tools.tsx";
import { useConversation } from "./conversation-context.ts";

/** The buttons for the actions on a message. */
export function MessageTools({ item }: { readonly item: TimelineItem }): ReactNode {
  const { room, reply, edit, confirmDelete, pickEmoji } = useConversation();
  const { me } = useChat();
  const query = { me, room: useRoomInfo(room) };
  const mayDelete = isLikelyAllowed(item.isMine ? "delete-own" : "delete-any", query);
  return (
    <div className="message-tools" role="toolbar" aria-label="Message">
      {isLikelyAllowed("react", query) && (
        <IconButton
          icon={SmilePlus}
          label="React"
          onClick={({ currentTarget }) =>
            pickEmoji(currentTarget, (emoji) => void room.react(item.seq, emoji).catch(sayError))
          }
        />
      )}
      {isLikelyAllowed("post", query) && (
        <IconButton icon={Reply} label="Reply" onClick={() => reply(item)} />
      )}
      <ThreadTools item={item} />
      {item.isMine && isLikelyAllowed("edit-own", query) && (
        <IconButton icon={Pencil} label="Edit" onClick={() => edit(item)} />
      )}
      {mayDelete && <IconButton icon={Trash2} label="Delete" onClick={() => confirmDelete(item)} />}
    </div>
  );
}
