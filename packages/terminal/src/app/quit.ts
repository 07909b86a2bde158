import type { ChatContext } from "./chat-context.ts";

/** Leaves; where messages are unsent only when asked a second time, since they would be lost. */
export async function quit({ chat, ui, exit }: ChatContext): Promise<string | undefined> {
  const unsent = chat.unsent.get();
  const isWarned = ui.get().warnedOfUnsent === unsent;
  if (unsent === 0 || isWarned || chat.connection.get().status === "closed") {
    exit();
    return undefined;
  }
  ui.patch({ warnedOfUnsent: unsent });
  return `${unsent} unsent ${unsent === 1 ? "message" : "messages"} would be lost: /quit again leaves all the same`;
}
