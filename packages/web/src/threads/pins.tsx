import { isLikelyAllowed, type Message, type Room } from "@confab/client/core";
import { useChat, useRoomInfo } from "@confab/client/react";
import { Pin, PinOff } from "lucide-react";
import { type ReactNode, useCallback, useEffect } from "react";
import { IconButton } from "../design/button.tsx";
import { EmptyState } from "../design/empty-state.tsx";
import { LoadFailed } from "../design/load-failed.tsx";
import { Spinner } from "../design/spinner.tsx";
import { besidePath } from "../details/pane.ts";
import { useAction } from "../notices/use-action.ts";
import { useLoaded } from "../notices/use-loaded.ts";
import { MessageSnippet } from "../snippets/message-snippet.tsx";

const MAX_PAGES = 5;

/** The pinned messages of a room, newest first. */
export function Pins({ room }: { readonly room: Room }): ReactNode {
  const { me } = useChat();
  const mayPin = isLikelyAllowed("pin", { me, room: useRoomInfo(room) });
  const pins = usePins(room);
  if (pins.status === "loading") return <Spinner label="Loading pinned messages…" />;
  if (pins.status === "failed") return <LoadFailed error={pins.error} onRetry={pins.reload} />;
  if (pins.value.length === 0) {
    return (
      <EmptyState icon={Pin} title="Nothing is pinned">
        {mayPin
          ? "Pin a message that all should find: with the pin among its tools."
          : "Moderators pin the messages that all should find."}
      </EmptyState>
    );
  }
  return (
    <ul className="side-pane-scroll">
      {pins.value.map((message) => (
        <li key={message.seq}>
          <MessageSnippet message={message} href={besidePath(room.id, { kind: "pins" }, message.seq)}>
            {mayPin && <Unpin room={room} message={message} onDone={pins.reload} />}
          </MessageSnippet>
        </li>
      ))}
    </ul>
  );
}

interface UnpinProps {
  readonly room: Room;
  readonly message: Message;
  readonly onDone: () => void;
}

function Unpin({ room, message, onDone }: UnpinProps): ReactNode {
  const { isBusy, run } = useAction();
  const unpin = async (): Promise<void> => {
    if (await run(() => room.unpin(message.seq))) onDone();
  };
  return <IconButton icon={PinOff} label="Unpin" disabled={isBusy} onClick={() => void unpin()} />;
}

function usePins(room: Room) {
  const load = useCallback(
    async (signal: AbortSignal): Promise<readonly Message[]> => {
      const pins: Message[] = [];
      let hasMore = true;
      for (let page = 0; hasMore && page < MAX_PAGES; page++) {
        const beforeSeq = pins[0]?.seq;
        const { messages, ...rest } = await room.list({ isPinned: true, beforeSeq, signal });
        pins.unshift(...messages);
        hasMore = rest.hasMore && messages.length > 0;
      }
      return pins.reverse();
    },
    [room],
  );
  const loaded = useLoaded(load);
  const { reload } = loaded;
  useEffect(() => {
    const ending = new AbortController();
    const follow = async (): Promise<void> => {
      for await (const change of room.changes({ signal: ending.signal })) {
        const isOfPins = change.kind === "updated" ? !change.reaction : change.kind !== "message";
        if (isOfPins && change.kind !== "member") reload();
      }
    };
    // Ends with the membership or the chat, which is shown elsewhere.
    follow().catch(() => {});
    return () => ending.abort();
  }, [room, reload]);
  return loaded;
}
