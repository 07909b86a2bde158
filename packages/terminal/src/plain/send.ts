import { errorWords } from "../error-words.ts";
import type { Console, SendOptions } from "../options.ts";
import { UsageError } from "../settings.ts";
import { openChat } from "./open-chat.ts";

/**
 * Sends one message. Resolves when the server has stored it.
 *
 * @throws UsageError when it is refused
 */
export async function runSend(options: SendOptions, console: Console, signal: AbortSignal): Promise<void> {
  await using chat = await openChat(options, console, signal);
  try {
    const room = await chat.rooms.open(options.room, { signal });
    await room.send(options.text, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new UsageError(errorWords(error), { cause: error });
  }
}
