import type { Message } from "../domain/messages.ts";

/** Something durable that happened in a room, told to everyone who serves that room. */
export interface RoomEvent {
  readonly message: Message;
}

/**
 * Carries events from where they were stored to every hub. A hint, not a record: the store is the truth, and
 * an adapter may lose, repeat or reorder what it carries. The in-process adapter does none of these.
 */
export interface Bus {
  publish(event: RoomEvent): void;
  subscribe(receive: (event: RoomEvent) => void): Disposable;
}
