import type { ChatOptions, Console } from "./options.ts";
import { runLines } from "./plain/lines-chat.ts";
import { UsageError } from "./settings.ts";

export type { AccountOptions, ChatOptions, Console, SendOptions, TailOptions } from "./options.ts";
export { runSend } from "./plain/send.ts";
export { runTail } from "./plain/tail.ts";
export type { Look } from "./screen/look.ts";

/**
 * `confab chat`: full screen on a terminal, line by line elsewhere. Resolves when the user quits or the signal aborts.
 *
 * @throws UsageError with a message for the user
 */
export async function runChat(options: ChatOptions, console: Console, signal: AbortSignal): Promise<void> {
  if (options.guest !== undefined && options.user !== undefined) {
    throw new UsageError("give --guest or --user, not both");
  }
  if (!console.stdin.isTTY || !console.stdout.isTTY) {
    await runLines(options, console, signal);
    return;
  }
  // The line modes do not need React, so they don't wait for it to load.
  const { runFullScreen } = await import("./full-screen.tsx");
  await runFullScreen(options, console, signal);
}
