import type { BusEvent } from "../bus/port.ts";
import type { RoomChange, Signal } from "../domain/changes.ts";
import type { RoomId, UserId } from "../domain/ids.ts";
import { LiveChange, LiveSignal } from "./event.ts";

/** Who listens to a room. Neither of them may throw. */
export interface RoomListener {
  onChange(event: LiveChange): void;
  onSignal(event: LiveSignal): void;
}

/** Who listens to what becomes of one user, in whatever room. */
export interface UserListener {
  /** The user's record in a room has changed. */
  onMembership(change: RoomChange): void;
}

/** How many of a room's newest changes are kept for those who have just missed them. */
const MAX_RECENT = 256;

interface Room {
  readonly listeners: Set<RoomListener>;
  /** The newest changes, without a hole between them. */
  recent: LiveChange[];
  /** The revision of the newest change that was fanned out; 0 while none was. */
  head: number;
}

/** Knows who listens to which room, and hands each event to all of them, changes in the order of their room. */
export class Hub {
  readonly #rooms = new Map<RoomId, Room>();
  readonly #users = new Map<UserId, Set<UserListener>>();

  /** Calls the listener for everything in the room from now on, until disposed of. */
  listen(roomId: RoomId, listener: RoomListener): Disposable {
    const room = this.#rooms.get(roomId) ?? { listeners: new Set(), recent: [], head: 0 };
    this.#rooms.set(roomId, room);
    room.listeners.add(listener);
    return {
      [Symbol.dispose]: () => {
        room.listeners.delete(listener);
        if (room.listeners.size === 0 && this.#rooms.get(roomId) === room) this.#rooms.delete(roomId);
      },
    };
  }

  /** Calls the listener for each change of the user's memberships from now on, until disposed of. */
  listenToUser(userId: UserId, listener: UserListener): Disposable {
    const listeners = this.#users.get(userId) ?? new Set();
    this.#users.set(userId, listeners);
    listeners.add(listener);
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener);
        if (listeners.size === 0 && this.#users.get(userId) === listeners) this.#users.delete(userId);
      },
    };
  }

  /** The revision that the room's listeners have been told of since the first of them came; else 0. */
  head(roomId: RoomId): number {
    return this.#rooms.get(roomId)?.head ?? 0;
  }

  /** All changes after that revision that were fanned out; null when the oldest of them are not kept any more. */
  recentAfter(roomId: RoomId, revision: number): readonly LiveChange[] | null {
    const room = this.#rooms.get(roomId);
    if (!room || room.head <= revision) return [];
    const missed = room.head - revision;
    return missed <= room.recent.length ? room.recent.slice(-missed) : null;
  }

  deliver(event: BusEvent): void {
    if ("change" in event) this.#deliverChange(event.change);
    else this.#deliverSignal(event.signal);
  }

  /** Fans one change out. What is not newer than the room's head has been fanned out before. */
  #deliverChange(change: RoomChange): void {
    this.#fanOut(change);
    if (change.change.kind !== "member") return;
    const listeners = this.#users.get(change.change.member.userId);
    if (listeners) for (const listener of [...listeners]) listener.onMembership(change);
  }

  #fanOut(change: RoomChange): void {
    const room = this.#rooms.get(change.roomId);
    if (!room || change.revision <= room.head) return;
    if (change.revision !== room.head + 1) room.recent = [];
    room.head = change.revision;
    const event = new LiveChange(change);
    room.recent.push(event);
    // Cut now and then, because each cut copies what is left.
    if (room.recent.length === 2 * MAX_RECENT) room.recent = room.recent.slice(MAX_RECENT);
    for (const listener of room.listeners) listener.onChange(event);
  }

  #deliverSignal(signal: Signal): void {
    const roomIds = signal.kind === "presence" ? signal.roomIds : [signal.roomId];
    const event = new LiveSignal(signal);
    for (const roomId of roomIds) {
      for (const listener of this.#rooms.get(roomId)?.listeners ?? []) listener.onSignal(event);
    }
  }
}
