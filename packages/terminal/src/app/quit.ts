import type { ChatContext } from "./chat-context.ts";

/** Leaves; where messages are unsent only when asked a second time. */
export function quit(context: ChatContext): Promise<string | undefined> {
  return unlessUnsent(context, "/quit", async () => context.exit());
}

/** Does what loses unsent messages; where there are some, only when asked a second time. */
export async function unlessUnsent(
  { chat, ui }: ChatContext,
  command: string,
  leave: () => Promise<void>,
): Promise<string | undefined> {
  const unsent = chat.unsent.get();
  const isWarned = ui.get().warnedOfUnsent === unsent;
  if (unsent === 0 || isWarned || chat.connection.get().status === "closed") {
    await leave();
    return undefined;
  }
  ui.patch({ warnedOfUnsent: unsent });
  return `${unsent} unsent ${unsent === 1 ? "message" : "messages"} would be lost: ${command} again leaves all the same`;
}
