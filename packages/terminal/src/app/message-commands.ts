import type { Room, TimelineItem } from "@confab/client";
import { parseMessageArgument } from "../commands/parse.ts";
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
