import type { v1 } from "@confab/protocol";
import type { MessageRecord } from "../live/records.ts";
import type { Reaction } from "./message.ts";
import { find, put, type Window } from "./window.ts";

/** Copies `isMine` of the reactions from the cached message, because an event doesn't contain it. */
export function withOwnReactions(message: MessageRecord, known: MessageRecord | undefined): MessageRecord {
  if (!known || message.knowsOwnReactions) return message;
  const own = new Set(known.reactions.filter(({ isMine }) => isMine).map(({ emoji }) => emoji));
  const reactions = message.reactions.map((reaction) => ({ ...reaction, isMine: own.has(reaction.emoji) }));
  const isSame = reactions.every(
    ({ emoji, count }, index) =>
      known.reactions[index]?.emoji === emoji && known.reactions[index]?.count === count,
  );
  return { ...message, reactions, knowsOwnReactions: known.knowsOwnReactions && isSame };
}

/** Applies a reaction, or its removal, unless the cached message already contains it. */
export function react(
  window: Window,
  revision: number,
  { messageSeq, ...reaction }: v1.ReactionChange,
  meId: string,
): Window {
  const message = find(window, Number(messageSeq));
  if (!message || message.revision >= revision) return window;
  return put(window, { ...message, revision, reactions: withReaction(message.reactions, reaction, meId) });
}

function withReaction(
  reactions: readonly Reaction[],
  { emoji, removed, userId }: Pick<v1.ReactionChange, "emoji" | "removed" | "userId">,
  meId: string,
): readonly Reaction[] {
  if (userId === "") return reactions.filter((reaction) => reaction.emoji !== emoji);
  const isMine = userId === meId;
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if (!known) return removed ? reactions : [...reactions, { emoji, count: 1, isMine }];
  const changed = {
    emoji,
    count: known.count + (removed ? -1 : 1),
    isMine: isMine ? !removed : known.isMine,
  };
  return reactions.flatMap((reaction) => (reaction !== known ? reaction : changed.count > 0 ? changed : []));
}
