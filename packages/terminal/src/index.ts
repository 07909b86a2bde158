import type { ChatOptions, Console, SendOptions, TailOptions } from "./options.ts";
import { UsageError } from "./settings.ts";

// Each function loads only what its command needs, because a script may send a message every second.

export type { AccountOptions, ChatOptions, Console, SendOptions, TailOptions } from "./options.ts";
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
    const { runLines } = await import("./plain/lines-chat.ts");
    await runLines(options, console, signal);
    return;
  }
  const { runFullScreen } = await import("./full-screen.tsx");
  await runFullScreen(options, console, signal);
}

/** `confab send`: sends one message. Resolves when it is stored. @throws UsageError with a message for the user */
export async function runSend(options: SendOptions, console: Console, signal: AbortSignal): Promise<void> {
  const { runSend: run } = await import("./plain/send.ts");
  await run(options, console, signal);
}

/** `confab tail`: prints messages until the signal aborts. @throws UsageError with a message for the user */
export async function runTail(options: TailOptions, console: Console, signal: AbortSignal): Promise<void> {
  const { runTail: run } = await import("./plain/tail.ts");
  await run(options, console, signal);
}
