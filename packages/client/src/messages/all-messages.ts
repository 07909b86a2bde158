import { NotFoundError, PermissionError } from "../errors.ts";
import { isChatOver } from "../live/following.ts";
import type { RoomContext } from "../rooms/context.ts";
import { Notifier, orAborted } from "../waiting.ts";
import type { Message } from "./message.ts";
import type { MessageReader } from "./message-reader.ts";

/** Reads the messages of all rooms as one: those of a room come in order, and the rooms take turns. */
export class AllMessages implements Disposable {
  readonly #context: RoomContext;
  readonly #readers = new Map<string, MessageReader>();
  /** The rooms that may have a message, in the order of their turns. */
  readonly #turns = new Set<string>();
  readonly #woken = new Notifier();

  constructor(context: RoomContext) {
    this.#context = context;
  }

  /** Begins to read a room. */
  add(roomId: string, reader: MessageReader): void {
    this.#readers.set(roomId, reader);
    this.changed(roomId);
  }

  /** Ends to read a room. */
  remove(roomId: string): void {
    this.#readers.get(roomId)?.[Symbol.dispose]();
    this.#readers.delete(roomId);
    this.#turns.delete(roomId);
  }

  /** Called when a room may have a message. */
  changed(roomId: string): void {
    if (!this.#readers.has(roomId) || this.#turns.has(roomId)) return;
    this.#turns.add(roomId);
    this.#woken.notify();
  }

  /** Wakes a reader that waits, because the chat has ended. */
  wake(): void {
    this.#woken.notify();
  }

  async *read(signal: AbortSignal | undefined): AsyncGenerator<Message, void, undefined> {
    while (!isChatOver(this.#context)) {
      signal?.throwIfAborted();
      const [roomId] = this.#turns;
      if (roomId === undefined) {
        await orAborted(this.#woken.next, signal);
        continue;
      }
      this.#turns.delete(roomId);
      const reader = this.#readers.get(roomId);
      if (!reader?.hasNext) continue;
      try {
        yield* reader.read(signal);
        this.changed(roomId);
      } catch (error) {
        // A room that the user may not read has its turn again when it changes.
        if (!(error instanceof NotFoundError || error instanceof PermissionError)) throw error;
      }
    }
  }

  [Symbol.dispose](): void {
    for (const roomId of [...this.#readers.keys()]) this.remove(roomId);
  }
}
