import type { TimelineItem } from "@confab/client/core";
import { type ReactNode, useState } from "react";
import { Button } from "../design/button.tsx";
import { Markdown } from "../markdown/markdown.tsx";
import { fullTime } from "../text/times.ts";

/** A message's text, or what stands in its place. */
export function MessageText({ item }: { readonly item: TimelineItem }): ReactNode {
  const [isUnfolded, setIsUnfolded] = useState(false);
  if (item.isDeleted) return <p className="message-gone">Message deleted</p>;
  if (item.isFromBlocked && !isUnfolded) {
    return (
      <p className="message-gone">
        Message of somebody you block
        <Button look="text" onClick={() => setIsUnfolded(true)}>
          Show
        </Button>
      </p>
    );
  }
  if (item.text === "")
    return <p className="message-gone">Content of another application: {item.payloadType}</p>;
  return (
    <>
      <Markdown text={item.text} hasMentions={item.mentionUserIds.length > 0} />
      {item.isEdited && (
        <span className="message-edited" title={`Edited ${fullTime(item.updateTime)}`}>
          edited
        </span>
      )}
    </>
  );
}
