import type { Console, TailOptions } from "../options.ts";
import { withKnownSender } from "./known-sender.ts";
import { messageJson, messageLines } from "./message-lines.ts";
import { openChat } from "./open-chat.ts";
import { printLine } from "./print-line.ts";
import { sayErrors } from "./say-errors.ts";

/**
 * Prints each message of a room, as text or as one JSON object a line. Stops when the signal aborts, the reader has
 * closed the pipe, or the user is no longer in the room.
 *
 * @throws UsageError when there is no such room, or the session has ended; the signal's reason when it aborts
 */
export async function runTail(options: TailOptions, console: Console, signal: AbortSignal): Promise<void> {
  await using chat = await openChat(options, console, signal);
  const format = options.isJson ? messageJson : messageLines;
  await sayErrors(signal, async () => {
    const room = await chat.rooms.open(options.room, { signal });
    for await (const message of room.messages({ last: options.historyLength, signal })) {
      await printLine(console.stdout, format(await withKnownSender(chat, message)));
    }
  });
}
