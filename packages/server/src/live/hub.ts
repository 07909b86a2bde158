import type { RoomId } from "../domain/ids.ts";
import type { Message } from "../domain/messages.ts";
import { LiveEvent } from "./event.ts";

export type Listener = (event: LiveEvent) => void;

interface Room {
  readonly listeners: Set<Listener>;
  /** The seq of the newest message that was fanned out; 0 while there was none. */
  head: number;
}

/** Knows who listens to which room, and hands each message to all of them in the order of its room. */
export class Hub {
  readonly #rooms = new Map<RoomId, Room>();

  /** Calls `listener` for every message of the room from now on, until disposed of. */
  listen(roomId: RoomId, listener: Listener): Disposable {
    const room = this.#rooms.get(roomId) ?? { listeners: new Set(), head: 0 };
    this.#rooms.set(roomId, room);
    room.listeners.add(listener);
    return {
      [Symbol.dispose]: () => {
        room.listeners.delete(listener);
        if (room.listeners.size === 0) this.#rooms.delete(roomId);
      },
    };
  }

  /** The newest message's seq that the room's listeners were told of since the first of them came; else 0. */
  head(roomId: RoomId): number {
    return this.#rooms.get(roomId)?.head ?? 0;
  }

  /** Fans one message out. What is not newer than the room's head has been fanned out before. */
  deliver(message: Message): void {
    const room = this.#rooms.get(message.roomId);
    if (!room || message.seq <= room.head) return;
    room.head = message.seq;
    const event = new LiveEvent(message);
    for (const listener of room.listeners) listener(event);
  }
}
