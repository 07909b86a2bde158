import type { BusEvent } from "../bus/port.ts";
import type { RoomId, UserId } from "../domain/ids.ts";
import type { RoomChange, Signal } from "../domain/live/changes.ts";
import type { Room as RoomState } from "../domain/rooms/room.ts";
import { Live, LiveBatch, type LiveChange, type LiveSignal } from "./event.ts";

/** Listens to a room. Its methods must not throw. */
export interface RoomListener {
  /** @param nowMs the time of the call, in milliseconds since 1970 */
  onChanges(batch: LiveBatch, nowMs: number): void;
  onSignal(event: LiveSignal): void;
}

/** Listens to the memberships of one user, in all rooms. */
export interface UserListener {
  onMembership(change: RoomChange): void;
  /** Called when the user's own profile has changed. */
  onSignal(event: LiveSignal): void;
}

/** The newest changes of a room, and of all rooms, are kept up to these sizes, for streams that catch up. */
const MAX_RECENT_BYTES = 2 * 1024 * 1024;
const MAX_ALL_RECENT_BYTES = 64 * 1024 * 1024;
/** The most of one batch. A response may hold several batches, and must stay below the size that clients accept. */
const MAX_BATCH_BYTES = 64 * 1024;
/** The rough size of a change without text and payload. */
const CHANGE_BYTES = 256;

interface Room {
  readonly listeners: Set<RoomListener>;
  /** The changes that came in this turn of the event loop, to be fanned out at its end. */
  pending: LiveChange[];
  /** The newest batches, without a hole between them. */
  recent: LiveBatch[];
  recentBytes: number;
  /** The revision of the newest change that has come; 0 while none has. */
  head: number;
  /** The room itself, as its listeners share it. */
  state: RoomState | null;
}

/**
 * Hands each event to all listeners of its room, changes in the room's order. The changes that one turn of the event loop
 * brings are handed over together, so that a busy room costs each listener one call a turn.
 */
export class Hub {
  readonly #clock: () => number;
  readonly #rooms = new Map<RoomId, Room>();
  readonly #users = new Map<UserId, Set<UserListener>>();
  readonly #changed = new Set<Room>();
  /** The rooms of which batches are kept, the longest unchanged first. */
  readonly #kept = new Set<Room>();
  #keptBytes = 0;
  #memberships: RoomChange[] = [];
  #isScheduled = false;

  /** @param clock gives milliseconds since 1970 */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Calls the listener for everything in the room from now on, until it leaves. */
  listen(roomId: RoomId, listener: RoomListener): void {
    const known = this.#rooms.get(roomId);
    const room: Room = known ?? {
      listeners: new Set(),
      pending: [],
      recent: [],
      recentBytes: 0,
      head: 0,
      state: null,
    };
    this.#rooms.set(roomId, room);
    room.listeners.add(listener);
  }

  leave(roomId: RoomId, listener: RoomListener): void {
    const room = this.#rooms.get(roomId);
    if (!room?.listeners.delete(listener) || room.listeners.size > 0) return;
    this.#rooms.delete(roomId);
    this.#keepNothing(room);
  }

  /** Returns the copy of this state that the room's other listeners already hold, so that memory holds it once. */
  share(state: RoomState): RoomState {
    const room = this.#rooms.get(state.id);
    if (!room) return state;
    if (room.state?.revision !== state.revision) room.state = state;
    return room.state;
  }

  /** Calls the listener for each change of the user's memberships from now on, until it leaves. */
  listenToUser(userId: UserId, listener: UserListener): void {
    const listeners = this.#users.get(userId) ?? new Set();
    this.#users.set(userId, listeners);
    listeners.add(listener);
  }

  leaveUser(userId: UserId, listener: UserListener): void {
    const listeners = this.#users.get(userId);
    if (listeners?.delete(listener) && listeners.size === 0) this.#users.delete(userId);
  }

  /** Returns the revision of the newest change since the room got its first listener; 0 if there was none. */
  head(roomId: RoomId): number {
    return this.#rooms.get(roomId)?.head ?? 0;
  }

  /**
   * Returns all changes after the revision, in batches; the first batch may begin before it. Null when the oldest of
   * these changes are no longer kept.
   */
  recentAfter(roomId: RoomId, revision: number): readonly LiveBatch[] | null {
    this.#fanOut();
    const room = this.#rooms.get(roomId);
    if (!room || room.head <= revision) return [];
    const first = room.recent.findLastIndex((batch) => batch.firstRevision <= revision + 1);
    return first === -1 ? null : room.recent.slice(first);
  }

  deliver(event: BusEvent): void {
    if ("change" in event) this.#deliverChange(event.change);
    else this.#deliverSignal(event.signal);
  }

  /** Ignores changes that are not newer than the room's head: they have come before. */
  #deliverChange(change: RoomChange): void {
    if (change.change.kind === "member" && this.#users.has(change.change.member.userId)) {
      this.#memberships.push(change);
      this.#schedule();
    }
    const room = this.#rooms.get(change.roomId);
    if (!room || change.revision <= room.head) return;
    if (change.revision !== room.head + 1) this.#forget(room);
    room.head = change.revision;
    room.pending.push(new Live(change));
    this.#changed.add(room);
    this.#schedule();
  }

  /** Drops the batches before a hole: they help nobody to catch up. */
  #forget(room: Room): void {
    this.#fanOutRoom(room);
    this.#keepNothing(room);
  }

  #keepNothing(room: Room): void {
    this.#keptBytes -= room.recentBytes;
    this.#kept.delete(room);
    room.recent = [];
    room.recentBytes = 0;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(this.#fanOut);
  }

  readonly #fanOut = (): void => {
    this.#isScheduled = false;
    for (const room of this.#changed) this.#fanOutRoom(room);
    this.#changed.clear();
    const memberships = this.#memberships;
    this.#memberships = [];
    for (const change of memberships) {
      if (change.change.kind !== "member") continue;
      const listeners = this.#users.get(change.change.member.userId) ?? [];
      for (const listener of [...listeners]) listener.onMembership(change);
    }
  };

  #fanOutRoom(room: Room): void {
    const nowMs = this.#clock();
    const { pending } = room;
    room.pending = [];
    for (let start = 0; start < pending.length; ) {
      let bytes = 0;
      let end = start;
      for (
        let event = pending[end];
        event && (end === start || bytes < MAX_BATCH_BYTES);
        event = pending[end]
      ) {
        bytes += sizeOf(event.value);
        end++;
      }
      const batch = new LiveBatch(pending.slice(start, end));
      this.#keep(room, batch, bytes);
      for (const listener of room.listeners) listener.onChanges(batch, nowMs);
      start = end;
    }
  }

  #keep(room: Room, batch: LiveBatch, bytes: number): void {
    if (room.listeners.size === 0) return;
    room.recent.push(batch);
    room.recentBytes += bytes;
    this.#keptBytes += bytes;
    this.#kept.delete(room);
    this.#kept.add(room);
    // Only at twice the size, because each cut copies the rest.
    if (room.recentBytes > 2 * MAX_RECENT_BYTES) this.#cut(room);
    for (const oldest of this.#kept) {
      if (this.#keptBytes <= MAX_ALL_RECENT_BYTES) break;
      this.#keepNothing(oldest);
    }
  }

  #cut(room: Room): void {
    let bytes = 0;
    let first = room.recent.length;
    while (first > 0 && bytes < MAX_RECENT_BYTES) {
      first--;
      for (const event of room.recent[first]?.events ?? []) bytes += sizeOf(event.value);
    }
    room.recent = room.recent.slice(first);
    this.#keptBytes -= room.recentBytes - bytes;
    room.recentBytes = bytes;
  }

  #deliverSignal(signal: Signal): void {
    const roomIds = "roomIds" in signal ? signal.roomIds : [signal.roomId];
    const event = new Live(signal);
    if (signal.kind === "profile") {
      for (const listener of this.#users.get(signal.userId) ?? []) listener.onSignal(event);
    }
    for (const roomId of roomIds) {
      for (const listener of this.#rooms.get(roomId)?.listeners ?? []) listener.onSignal(event);
    }
  }
}

/** Returns the rough size of a change once it is encoded. */
function sizeOf({ change }: RoomChange): number {
  if (change.kind !== "message") return CHANGE_BYTES;
  const { text, payload } = change.message.content;
  return CHANGE_BYTES + text.length + (payload?.bytes.length ?? 0);
}
