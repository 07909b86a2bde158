import { toSeq } from "../fields.ts";
import { followMessages } from "../messages/follow-messages.ts";
import type { Message } from "../messages/message.ts";
import { MessageReader } from "../messages/message-reader.ts";
import type { CallOptions } from "../options.ts";
import type { MessagesOptions } from "../rooms/room.ts";
import { ChangeQueue, followChanges } from "./follow-changes.ts";
import type { Followed } from "./following.ts";
import type { Change } from "./reduce.ts";
import type { RoomEvent } from "./room-event.ts";

/** Begins the loops that read a room's messages and changes, and brings them what happens. */
export class RoomReaders {
  readonly #followed: Followed;
  readonly #isNew: boolean;
  /** The queues of those who read `changes` now. */
  readonly #queues = new Set<ChangeQueue>();

  /** `isNew`: the user has entered the room since the chat was opened. */
  constructor(followed: Followed, isNew: boolean) {
    this.#followed = followed;
    this.#isNew = isNew;
  }

  messages({ last, afterSeq, signal }: MessagesOptions): AsyncIterable<Message> {
    const { topSeq } = this.#followed.cache.state;
    toSeq(afterSeq ?? 0, "afterSeq");
    toSeq(last ?? 0, "last");
    const chosen = afterSeq ?? (last === undefined ? undefined : Math.max(0, topSeq - last));
    const start = { afterSeq: chosen ?? this.startSeq, movesCursor: chosen === undefined };
    return followMessages(this.#followed, start, signal);
  }

  /** Makes a reader that moves the room's cursor, for loops over several rooms. */
  reader(afterSeq: number): MessageReader {
    return new MessageReader(this.#followed, { afterSeq, movesCursor: true });
  }

  /** The seq after which reading begins if the application chooses none. */
  get startSeq(): number {
    const { context, cache } = this.#followed;
    const { room, joinedSeq, topSeq } = cache.state;
    const kept = context.cursors.get(room.id, "messages");
    // The server may have less than before, as after a restored backup.
    if (kept) return Math.min(Math.max(kept.reached, joinedSeq), topSeq);
    return context.cursors.isStored || this.#isNew ? joinedSeq : topSeq;
  }

  changes({ signal }: CallOptions): AsyncIterable<RoomEvent> {
    const { context, cache } = this.#followed;
    const { revision, topSeq, room } = cache.state;
    const kept = context.cursors.get(room.id, "changes");
    const queue = kept ? new ChangeQueue(kept.reached, kept.topSeq) : new ChangeQueue(revision, topSeq);
    return followChanges(this.#followed, queue, { signal, queues: this.#queues });
  }

  /** Brings a change to those who read `changes`. */
  push(change: Change, revision: number): void {
    for (const queue of this.#queues) queue.push(change, revision);
  }

  /** Called when a snapshot has replaced the room's state. */
  reset(): void {
    const { revision, topSeq } = this.#followed.cache.state;
    for (const queue of this.#queues) {
      queue.rewind(revision, topSeq);
      queue.break();
    }
  }
}
