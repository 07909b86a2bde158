import type { Reaction, TimelineItem } from "@confab/client/core";
import { type ReactNode, useState } from "react";
import { sayError } from "../notices/notices.ts";
import { useConversation } from "./conversation-context.ts";

/** The emoji on a message; a click adds the user's own, or takes it back. */
export function Reactions({ item }: { readonly item: TimelineItem }): ReactNode {
  return (
    <div className="reactions">
      {item.reactions.map((reaction) => (
        <ReactionButton key={reaction.emoji} item={item} reaction={reaction} />
      ))}
    </div>
  );
}

function ReactionButton({
  item,
  reaction,
}: {
  readonly item: TimelineItem;
  readonly reaction: Reaction;
}): ReactNode {
  const { room } = useConversation();
  const [names, setNames] = useState("");
  const { emoji, count, isMine } = reaction;
  const toggle = (): void => {
    const change = isMine ? room.unreact(item.seq, emoji) : room.react(item.seq, emoji);
    change.catch(sayError);
  };
  const loadNames = (): void => {
    room.reactions(item.seq).then(
      (given) => {
        const people = given.filter((each) => each.emoji === emoji).map(({ user }) => user.displayName);
        setNames(people.join(", "));
      },
      // The tooltip goes without names.
      () => {},
    );
  };
  return (
    <button
      type="button"
      className="reaction"
      aria-pressed={isMine}
      aria-label={`${emoji} ${count}${names === "" ? "" : `: ${names}`}`}
      title={names === "" ? undefined : names}
      onClick={toggle}
      onPointerEnter={loadNames}
      onFocus={loadNames}
    >
      <span className="reaction-emoji" aria-hidden>
        {emoji}
      </span>
      <span aria-hidden>{count}</span>
    </button>
  );
}
