import { createInterface } from "node:readline";
import type { Chat, Room } from "@confab/client";
import { errorWords } from "../error-words.ts";
import type { ChatOptions, Console } from "../options.ts";
import { UsageError } from "../settings.ts";
import { withKnownSender } from "./known-sender.ts";
import { messageLines } from "./message-lines.ts";
import { openChat } from "./open-chat.ts";
import { printLine } from "./print-line.ts";
import { sayErrors } from "./say-errors.ts";

/**
 * The chat when input or output is not a terminal. Sends each input line and prints each message as a line. Ends when
 * the input has ended and everything is sent, or when the signal aborts.
 *
 * @throws UsageError when no room is named, there is no such room, or the sign-in is refused
 */
export async function runLines(options: ChatOptions, console: Console, signal: AbortSignal): Promise<void> {
  if (options.room === undefined) {
    throw new UsageError(
      "this is no terminal, so the messages come as lines: say of which room with --room NAME",
    );
  }
  const { room: title, historyLength } = options;
  await using chat = await openChat(options, console, signal);
  await sayErrors(signal, async () => {
    const room = await chat.rooms.open(title, { signal });
    const end = new AbortController();
    const stop = AbortSignal.any([signal, end.signal]);
    const printing = printMessages({ chat, room }, { last: historyLength, signal: stop }, console);
    const sending = sendLines(room, console, stop);
    // Either may end first: the input, or the room and its reader.
    await Promise.all([printing, sending].map((part) => part.finally(() => end.abort())));
  });
}

async function printMessages(
  { chat, room }: { chat: Chat; room: Room },
  range: { last: number; signal: AbortSignal },
  { stdout }: Console,
): Promise<void> {
  try {
    for await (const message of room.messages(range)) {
      if (!message.isMine) await printLine(stdout, messageLines(await withKnownSender(chat, message)));
    }
  } catch (error) {
    if (!range.signal.aborted) throw new UsageError(errorWords(error), { cause: error });
  }
}

async function sendLines(room: Room, { stdin, stderr }: Console, signal: AbortSignal): Promise<void> {
  const sends: Promise<void>[] = [];
  const lines = createInterface({ input: stdin, signal });
  for await (const line of lines) {
    if (line.trim() === "") continue;
    const send = room.send(line).then(
      () => {},
      (error: unknown) => void stderr.write(`confab: not sent: ${errorWords(error)}\n`),
    );
    sends.push(send);
    // A long input waits for the server, so that the number of unsent messages stays bounded.
    if (sends.length >= MAX_UNSENT) await sends.shift();
  }
  await Promise.all(sends);
}

const MAX_UNSENT = 100;
