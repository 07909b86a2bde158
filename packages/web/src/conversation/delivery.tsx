import type { TimelineItem } from "@confab/client/core";
import { useConnection } from "@confab/client/react";
import { Clock } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../design/button.tsx";
import { sayError } from "../notices/notices.ts";
import { errorWords } from "../text/error-words.ts";
import { useConversation } from "./conversation-context.ts";

/** Says that a message waits or has failed; a failed one can be sent again or dropped. */
export function Delivery({ item }: { readonly item: TimelineItem }): ReactNode {
  if (item.state === "sending") return <Waiting />;
  return item.state === "failed" ? <Failed item={item} /> : null;
}

/** On a good connection a message is sent before anybody could read that it is not. */
function Waiting(): ReactNode {
  if (useConnection().status === "online") return null;
  return (
    <span className="message-mark">
      <Clock size={12} strokeWidth={1.75} aria-hidden /> Waits for the connection
    </span>
  );
}

function Failed({ item: { clientMessageId, error } }: { readonly item: TimelineItem }): ReactNode {
  const { room } = useConversation();
  return (
    <div className="message-failed" role="alert">
      <span>Not sent. {error && errorWords(error)}</span>
      <Button look="text" onClick={() => void room.retry(clientMessageId).catch(() => {})}>
        Send again
      </Button>
      <Button look="text" onClick={() => discard(() => room.discard(clientMessageId))}>
        Discard
      </Button>
    </div>
  );
}

function discard(action: () => void): void {
  try {
    action();
  } catch (error) {
    sayError(error);
  }
}
