import type { Room } from "@confab/client";
import { errorWords } from "../error-words.ts";
import { editorText, editorWith } from "../input/line-editor.ts";
import { attempt, type ChatContext, say } from "./chat-context.ts";

/** Sends to a room. The message shows at once; if it is refused, it shows why. */
export async function sendText(
  context: ChatContext,
  room: Room,
  text: string,
  replyToSeq: number | null,
): Promise<void> {
  context.ui.patch({ anchor: "end", selected: null, newAfterSeq: null });
  await context.sends.run(() =>
    attempt(context, async () => {
      // Without a connection nobody can be asked who is meant: better sent without a mention than not at all.
      const mentionUserIds = await context.members.mentionsIn(room, text).catch(() => []);
      const sending = room.send(text, { ...(replyToSeq !== null && { replyToSeq }), mentionUserIds });
      sending.catch((error: unknown) => giveBack(context, room, text, error));
      return undefined;
    }),
  );
}

/** What the timeline doesn't show as failed was not taken at all. */
function giveBack(context: ChatContext, room: Room, text: string, error: unknown): void {
  const isShown = room.timeline.get().items.some((item) => item.state === "failed" && item.error === error);
  if (isShown || context.chat.connection.get().status === "closed") return;
  say(context, "error", errorWords(error));
  // Unless something else is being written by now.
  if (editorText(context.ui.get().editor) === "") context.ui.patch({ editor: editorWith(text) });
}
