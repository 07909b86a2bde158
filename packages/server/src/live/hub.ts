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

interface Room {
  readonly listeners: Set<RoomListener>;
  /** The revision of the newest change that was fanned out, and the seq of the newest message; 0: none was. */
  head: number;
  headSeq: number;
}

/** Knows who listens to which room, and hands each event to all of them, changes in the order of their room. */
export class Hub {
  readonly #rooms = new Map<RoomId, Room>();
  readonly #users = new Map<UserId, Set<UserListener>>();

  /** Calls the listener for everything in the room from now on, until disposed of. */
  listen(roomId: RoomId, listener: RoomListener): Disposable {
    const room = this.#rooms.get(roomId) ?? { listeners: new Set(), head: 0, headSeq: 0 };
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

  /** The newest message's seq that the room's listeners have been told of since the first of them came; else 0. */
  headSeq(roomId: RoomId): number {
    return this.#rooms.get(roomId)?.headSeq ?? 0;
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
    room.head = change.revision;
    if (change.change.kind === "message") {
      room.headSeq = Math.max(room.headSeq, change.change.message.seq);
    }
    const event = new LiveChange(change);
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
