import { NotFoundError, PermissionError, type Room, type TimelineItem } from "@confab/client/core";
import { useChat, useRoom } from "@confab/client/react";
import { DoorClosed } from "lucide-react";
import { lazy, type ReactNode, Suspense, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { Composer } from "../composer/composer.tsx";
import type { Writing } from "../composer/writing.ts";
import { Button } from "../design/button.tsx";
import { EmptyState } from "../design/empty-state.tsx";
import { ConnectionBanner } from "../shell/connection-banner.tsx";
import { errorWords } from "../text/error-words.ts";
import { BelowList } from "./below-list.tsx";
import { type ConversationActions, ConversationProvider } from "./conversation-context.ts";
import { MessageList } from "./message-list.tsx";
import { RoomBar } from "./room-bar.tsx";
import "./conversation.css";

const DeleteDialog = lazy(async () => ({ default: (await import("./delete-dialog.tsx")).DeleteDialog }));
const EmojiPopover = lazy(async () => ({
  default: (await import("../emoji/emoji-popover.tsx")).EmojiPopover,
}));

interface ConversationProps {
  readonly roomId: string;
  /** The message to go to. */
  readonly targetSeq: number | undefined;
}

/** The open room. A public room that the user is not in is joined. */
export function Conversation({ roomId, targetSeq }: ConversationProps): ReactNode {
  const room = useRoom(roomId);
  return room ? <OpenRoom room={room} targetSeq={targetSeq} /> : <MissingRoom roomId={roomId} />;
}

interface Picking {
  readonly anchor: HTMLElement;
  readonly onChoose: (emoji: string) => void;
}

function OpenRoom({
  room,
  targetSeq,
}: {
  readonly room: Room;
  readonly targetSeq: number | undefined;
}): ReactNode {
  const [writing, setWriting] = useState<Writing>({ kind: "new" });
  const [deleting, setDeleting] = useState<TimelineItem | null>(null);
  const [picking, setPicking] = useState<Picking | null>(null);
  const actions = useMemo<ConversationActions>(
    () => ({
      room,
      reply: (item) => setWriting({ kind: "reply", item }),
      edit: (item) => setWriting({ kind: "edit", item }),
      confirmDelete: setDeleting,
      pickEmoji: (anchor, onChoose) => setPicking({ anchor, onChoose }),
    }),
    [room],
  );
  return (
    <ConversationProvider value={actions}>
      <RoomBar room={room} />
      <ConnectionBanner />
      <MessageList room={room} targetSeq={targetSeq} />
      <BelowList room={room} />
      <Composer room={room} writing={writing} onWriting={setWriting} />
      <Suspense>
        {deleting && <DeleteDialog room={room} item={deleting} onClose={() => setDeleting(null)} />}
        {picking && <EmojiPopover {...picking} onClose={() => setPicking(null)} />}
      </Suspense>
    </ConversationProvider>
  );
}

/** A room of a URL that the user is not in, or no longer. */
function MissingRoom({ roomId }: { readonly roomId: string }): ReactNode {
  const { rooms } = useChat();
  const [, navigate] = useLocation();
  const [error, setError] = useState<unknown>(null);
  const [isJoining, setIsJoining] = useState(false);
  const join = (): void => {
    setIsJoining(true);
    rooms.join(roomId).then(
      () => setIsJoining(false),
      (reason: unknown) => {
        setError(reason);
        setIsJoining(false);
      },
    );
  };
  if (isJoining) return <EmptyState title="Joining…" />;
  const isOut = error instanceof NotFoundError || error instanceof PermissionError;
  return (
    <EmptyState
      icon={DoorClosed}
      title="You are not in this room"
      actions={
        <>
          {!isOut && (
            <Button look="primary" onClick={join}>
              Join
            </Button>
          )}
          <Button onClick={() => navigate("/")}>Back to your rooms</Button>
        </>
      }
    >
      {error === null ? "If it is public, or you are invited, you can join it." : errorWords(error)}
    </EmptyState>
  );
}
