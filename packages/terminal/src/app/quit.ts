import type { ChatContext } from "./chat-context.ts";

/** Quits. With unsent messages, only on the second request. */
export function quit(context: ChatContext): Promise<string | undefined> {
  return unlessUnsent(context, "/quit", async () => context.exit());
}

/** Runs an action that would lose unsent messages. If there are any, only on the second request. */
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
