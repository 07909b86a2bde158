import type { MessageRecord } from "../live/records.ts";
import { isSameEmoji } from "./pending-changes.ts";

/** Returns the message with another text, and other mentions if they are given. */
export function withText(
  message: MessageRecord,
  text: string,
  mentionUserIds: readonly string[] = message.mentionUserIds,
): MessageRecord {
  return { ...message, text, mentionUserIds, isEdited: true };
}

/** Returns the message without its content. */
export function withoutContent(message: MessageRecord): MessageRecord {
  const payload = new Uint8Array();
  const nothing = {
    text: "",
    payload,
    payloadType: "",
    mentionUserIds: [],
    mentionsMe: false,
    reactions: [],
  };
  return { ...message, ...nothing, isDeleted: true, isPinned: false };
}

/** Returns the message with or without a reaction of the user's; the same object if it is so already. */
export function withOwnReaction(
  message: MessageRecord,
  { emoji, isRemoved }: { readonly emoji: string; readonly isRemoved: boolean },
): MessageRecord {
  const known = message.reactions.find((reaction) => isSameEmoji(reaction.emoji, emoji));
  if ((known?.isMine ?? false) === !isRemoved) return message;
  if (!known) return { ...message, reactions: [...message.reactions, { emoji, count: 1, isMine: true }] };
  const count = known.count + (isRemoved ? -1 : 1);
  const reactions = message.reactions.flatMap((reaction) => {
    if (reaction !== known) return reaction;
    return count > 0 ? { ...known, count, isMine: !isRemoved } : [];
  });
  return { ...message, reactions };
}
