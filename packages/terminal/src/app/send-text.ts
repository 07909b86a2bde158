import type { Room } from "@confab/client";
import { editorText, editorWith } from "../input/line-editor.ts";
import { attempt, type ChatContext, sayError } from "./chat-context.ts";

/** Sends to a room. The message shows at once; if it is refused, it shows the reason. */
export async function sendText(
  context: ChatContext,
  room: Room,
  text: string,
  replyToSeq: number | null,
): Promise<void> {
  context.ui.patch({ anchor: "end", selected: null });
  await context.sends.run(() =>
    attempt(context, async () => {
      // Without a connection the mentioned users can't be looked up. Sending without a mention is better than not
      // sending.
      const mentionUserIds = await context.members.mentionsIn(room, text).catch(() => []);
      const sending = room.send(text, { ...(replyToSeq !== null && { replyToSeq }), mentionUserIds });
      sending.catch((error: unknown) => giveBack(context, room, text, error));
      return undefined;
    }),
  );
}

/** Changes a message to a text, and its mentions as the names after `@` have changed. */
export async function editText(
  context: ChatContext,
  room: Room,
  { seq, text }: { readonly seq: number; readonly text: string },
): Promise<void> {
  const before = room.timeline.get().items.find((item) => item.seq === seq);
  const mentionsIn = async (written: string): Promise<ReadonlySet<string>> =>
    new Set(await context.members.mentionsIn(room, written));
  const dropped = await mentionsIn(before?.text ?? "");
  // Another client may have mentioned people without writing their names.
  const unwritten = (before?.mentionUserIds ?? []).filter((userId) => !dropped.has(userId));
  await room.edit(seq, text, { mentionUserIds: [...new Set([...unwritten, ...(await mentionsIn(text))])] });
}

/** Gives the text back to the editor, unless the timeline shows it as a failed message. */
function giveBack(context: ChatContext, room: Room, text: string, error: unknown): void {
  const isShown = room.timeline.get().items.some((item) => item.state === "failed" && item.error === error);
  if (isShown || context.chat.connection.get().status === "closed") return;
  sayError(context, error);
  // The user may already be writing something else.
  if (editorText(context.ui.get().editor) === "") context.ui.patch({ editor: editorWith(text) });
}
