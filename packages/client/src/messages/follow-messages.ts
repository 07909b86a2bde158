import { type Followed, isOver } from "../live/following.ts";
import { orAborted } from "../waiting.ts";
import type { Message } from "./message.ts";
import { MessageReader, type ReaderStart } from "./message-reader.ts";

/** Yields every message of a room from the start on, in order and once. @throws as `Room.messages` */
export async function* followMessages(
  followed: Followed,
  start: ReaderStart,
  signal: AbortSignal | undefined,
): AsyncGenerator<Message, void, undefined> {
  using reader = new MessageReader(followed, start);
  while (!isOver(followed)) {
    signal?.throwIfAborted();
    if (reader.hasNext) yield* reader.read(signal);
    else await orAborted(followed.cache.changed, signal);
  }
  if (followed.cache.error) throw followed.cache.error;
}
