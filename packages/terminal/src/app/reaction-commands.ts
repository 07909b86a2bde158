import type { Room, TimelineItem } from "@confab/client";
import { parseMessageArgument } from "../commands/parse.ts";
import { parseEmoji } from "../emoji/parse-emoji.ts";
import { indexOfKey } from "../screen/message-list.ts";
import { EntryError, type Handler, targetMessage } from "./chat-context.ts";

/** Commands that react to messages. Without a number or a selection, both mean the last message of others. */
export const reactionCommands = {
  react: async (context, argument) => {
    const { seq: named, rest } = parseMessageArgument(argument);
    if (rest === "") throw new EntryError("say with what: /react 👍, or /react +1");
    const { room, seq } = targetMessage(context, named, "last of others");
    await room.react(seq, await emojiFrom(rest, loaded(room, seq)));
    context.ui.patch({ selected: null });
    return undefined;
  },

  unreact: async (context, argument) => {
    const { seq: named, rest } = parseMessageArgument(argument);
    const [word = "", who = ""] = rest.trim().split(/\s+/);
    if (word === "") throw new EntryError("say which: /unreact 👍, or /unreact +1");
    const { room, seq } = targetMessage(context, named, "last of others");
    const emoji = await emojiFrom(word, loaded(room, seq));
    if (who === "") await takeBack(room, seq, emoji);
    else if (who === "all") await room.removeReactions(seq, emoji);
    else await room.removeReactions(seq, emoji, { userId: await giverOf(room, { seq, emoji, handle: who }) });
    context.ui.patch({ selected: null });
    return undefined;
  },
} as const satisfies Readonly<Record<string, Handler>>;

function loaded(room: Room, seq: number): TimelineItem | undefined {
  const { items } = room.timeline.get();
  return items[indexOfKey(items, seq)];
}

/** @throws EntryError for a word that is no emoji, unless somebody has reacted with it as a name of another client's */
async function emojiFrom(word: string, message: TimelineItem | undefined): Promise<string> {
  const emoji = await parseEmoji(word);
  if (emoji !== null) return emoji;
  const name = `:${word.replace(/^:(.*):$/u, "$1")}:`;
  if (message?.reactions.some((reaction) => reaction.emoji === name)) return name;
  throw new EntryError(`"${word}" is no emoji: /react 👍, or a name such as heart or tada`);
}

/** @throws EntryError when the user has not reacted with it */
async function takeBack(room: Room, seq: number, emoji: string): Promise<void> {
  const reactions = loaded(room, seq)?.reactions;
  if (reactions && !reactions.some((own) => own.isMine && formOf(own.emoji) === formOf(emoji))) {
    throw new EntryError(`you have not reacted to message #${seq} with ${emoji}`);
  }
  await room.unreact(seq, emoji);
}

/** Returns the id of someone who has reacted. @throws EntryError when no such person has */
async function giverOf(
  room: Room,
  { seq, emoji, handle }: { seq: number; emoji: string; handle: string },
): Promise<string> {
  const name = handle.replace(/^@/, "").toLowerCase();
  const given = (await room.reactions(seq)).find(
    (reaction) => formOf(reaction.emoji) === formOf(emoji) && reaction.user.handle.toLowerCase() === name,
  );
  if (!given) throw new EntryError(`${handle} has not reacted to message #${seq} with ${emoji}`);
  return given.userId;
}

/** The form to compare emoji in. */
function formOf(emoji: string): string {
  return emoji.normalize("NFC").replaceAll("\ufe0f", "");
}
