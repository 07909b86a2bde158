import type { Console, SendOptions } from "../options.ts";
import { openChat } from "./open-chat.ts";
import { sayErrors } from "./say-errors.ts";

/**
 * Sends one message. Resolves when the server has stored it.
 *
 * @throws UsageError when it is refused
 */
export async function runSend(options: SendOptions, console: Console, signal: AbortSignal): Promise<void> {
  await using chat = await openChat(options, console, signal);
  await sayErrors(signal, async () => {
    const room = await chat.rooms.open(options.room, { signal });
    await room.send(options.text, { signal });
  });
}
