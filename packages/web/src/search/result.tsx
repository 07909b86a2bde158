import type { Message, Room } from "@confab/client/core";
import { FoldVertical, UnfoldVertical } from "lucide-react";
import { type ReactNode, useCallback, useState } from "react";
import { IconButton } from "../design/button.tsx";
import { LoadFailed } from "../design/load-failed.tsx";
import { Spinner } from "../design/spinner.tsx";
import { useLoaded } from "../notices/use-loaded.ts";
import { roomPath } from "../shell/routes.ts";
import type { WantedWord } from "../snippets/highlight.ts";
import { MessageSnippet } from "../snippets/message-snippet.tsx";

/** Messages around a result, itself included. */
const CONTEXT_SIZE = 7;

interface ResultProps {
  readonly message: Message;
  readonly room: Room | undefined;
  readonly marked: readonly WantedWord[];
}

/** A message that was found; what stands around it unfolds. */
export function Result({ message, room, marked }: ResultProps): ReactNode {
  const [isUnfolded, setIsUnfolded] = useState(false);
  const title = room?.info.get().title;
  const own = (
    <MessageSnippet
      message={message}
      href={roomPath(message.roomId, message.seq)}
      where={title}
      marked={marked}
    >
      {room && (
        <IconButton
          icon={isUnfolded ? FoldVertical : UnfoldVertical}
          label={isUnfolded ? "Hide what stands around it" : "Show what stands around it"}
          aria-expanded={isUnfolded}
          onClick={() => setIsUnfolded(!isUnfolded)}
        />
      )}
    </MessageSnippet>
  );
  if (!isUnfolded || !room) return own;
  return (
    <Around room={room} seq={message.seq}>
      {own}
    </Around>
  );
}

function Around({ room, seq, children }: { room: Room; seq: number; children: ReactNode }): ReactNode {
  const load = useCallback(
    async (signal: AbortSignal) =>
      (await room.list({ aroundSeq: seq, pageSize: CONTEXT_SIZE, signal })).messages,
    [room, seq],
  );
  const around = useLoaded(load);
  const messages = around.status === "loaded" ? around.value : [];
  const part = (isShown: (message: Message) => boolean): ReactNode =>
    messages
      .filter(isShown)
      .map((message) => (
        <MessageSnippet key={message.seq} message={message} href={roomPath(room.id, message.seq)} />
      ));
  return (
    <div className="search-around">
      {around.status === "loading" && <Spinner label="Loading…" />}
      {around.status === "failed" && <LoadFailed error={around.error} onRetry={around.reload} />}
      {part((message) => message.seq < seq)}
      <div className="search-own">{children}</div>
      {part((message) => message.seq > seq)}
    </div>
  );
}
