import type { Room, TimelineItem } from "@confab/client";
import { parseEmoji, parseMessageArgument } from "../commands/parse.ts";
import { editorWith } from "../input/line-editor.ts";
import { indexOfKey, keyOf } from "../screen/message-list.ts";
import { type ChatContext, EntryError, type Handler, needRoom, targetMessage } from "./chat-context.ts";
import { goTo } from "./go-to.ts";
import { editText, sendText } from "./send-text.ts";

/** Commands about single messages. */
export const messageCommands = {
  reply: async (context, argument) => {
    const { seq: named, rest } = parseMessageArgument(argument);
    const { room, seq } = targetMessage(context, named, "last of others");
    if (rest === "") context.ui.patch({ mode: { kind: "reply", seq } });
    else await sendText(context, room, rest, seq);
    return undefined;
  },

  edit: async (context, argument) => {
    const { seq: named, rest } = parseMessageArgument(argument);
    const { room, seq } = targetMessage(context, named, "last own");
    if (rest !== "") {
      await editText(context, room, { seq, text: rest });
      context.ui.patch({ selected: null });
      return undefined;
    }
    const { items } = room.timeline.get();
    const message = items[indexOfKey(items, seq)];
    if (!message) throw new EntryError(`message #${seq} is not loaded: give its new text too`);
    if (!message.isMine) throw new EntryError("only who wrote a message can change it");
    context.ui.patch({ mode: { kind: "edit", seq }, editor: editorWith(message.text) });
    return undefined;
  },

  goto: async (context, argument) => {
    const [, digits] = /^#?(\d{1,15})$/.exec(argument.trim()) ?? [];
    if (digits === undefined)
      throw new EntryError("say which message: /goto #12; /numbers shows their numbers");
    return goTo(context, needRoom(context), Number(digits));
  },

  delete: async (context, argument) => {
    const { room, seq } = targetMessage(context, parseMessageArgument(argument).seq, "last own");
    await room.delete(seq);
    context.ui.patch({ selected: null });
    return `message #${seq} is deleted`;
  },

  react: (context, argument) => react(context, argument),
  unreact: (context, argument) => unreact(context, argument),
  pin: (context, argument) => pin(context, argument, "pin"),
  unpin: (context, argument) => pin(context, argument, "unpin"),

  retry: async (context) => {
    const { room, failed } = failedMessages(context);
    // A message that fails again shows its error in the timeline.
    await Promise.allSettled(failed.map(({ clientMessageId }) => room.retry(clientMessageId)));
    return undefined;
  },

  discard: async (context) => {
    const { room, failed } = failedMessages(context);
    for (const { clientMessageId } of failed) room.discard(clientMessageId);
    context.ui.patch({ selected: null });
    return undefined;
  },
} as const satisfies Readonly<Record<string, Handler>>;

async function react(context: ChatContext, argument: string): Promise<undefined> {
  const { seq: named, rest } = parseMessageArgument(argument);
  const emoji = parseEmoji(rest);
  if (emoji === "") throw new EntryError("say with what: /react 👍, or /react +1");
  const { room, seq } = targetMessage(context, named, "last of others");
  await room.react(seq, emoji);
  context.ui.patch({ selected: null });
}

async function unreact(context: ChatContext, argument: string): Promise<undefined> {
  const { seq: named, rest } = parseMessageArgument(argument);
  const [word = "", who = ""] = rest.trim().split(/\s+/);
  const emoji = parseEmoji(word);
  if (emoji === "") throw new EntryError("say which: /unreact 👍, or /unreact +1");
  const { room, seq } = targetMessage(context, named, "last");
  if (who === "") await room.unreact(seq, emoji);
  else if (who === "all") await room.removeReactions(seq, emoji);
  else await room.removeReactions(seq, emoji, { userId: await giverOf(room, { seq, emoji, handle: who }) });
  context.ui.patch({ selected: null });
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

/** The form to compare emoji in: the server has its own variation selectors, whatever was typed. */
function formOf(emoji: string): string {
  return emoji.normalize("NFC").replaceAll("\ufe0f", "");
}

async function pin(context: ChatContext, argument: string, act: "pin" | "unpin"): Promise<undefined> {
  const { room, seq } = targetMessage(context, parseMessageArgument(argument).seq, "last");
  await room[act](seq);
  context.ui.patch({ selected: null });
}

/** Returns the selected message if it has failed, else all failed ones. @throws EntryError when none has failed */
function failedMessages(context: ChatContext): { room: Room; failed: readonly TimelineItem[] } {
  const room = needRoom(context);
  const { selected } = context.ui.get();
  const all = room.timeline.get().items.filter(({ state }) => state === "failed");
  const chosen = all.filter((item) => keyOf(item) === selected);
  if (all.length === 0) throw new EntryError("everything here is sent");
  return { room, failed: chosen.length > 0 ? chosen : all };
}
