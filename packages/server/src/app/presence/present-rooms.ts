import type { RoomId } from "../../domain/ids.ts";

/** Finds people by the rooms that they are in. */
export class PresentRooms<Person> {
  readonly #people = new Map<RoomId, Set<Person>>();
  readonly #roomIds = new Map<Person, Set<RoomId>>();

  /** Puts a person into these rooms, and takes them out of all others. */
  put(person: Person, roomIds: readonly RoomId[]): void {
    this.remove(person);
    if (roomIds.length === 0) return;
    this.#roomIds.set(person, new Set(roomIds));
    for (const roomId of roomIds) {
      const people = this.#people.get(roomId) ?? new Set();
      this.#people.set(roomId, people);
      people.add(person);
    }
  }

  leave(person: Person, roomId: RoomId): void {
    this.#roomIds.get(person)?.delete(roomId);
    const people = this.#people.get(roomId);
    if (people?.delete(person) && people.size === 0) this.#people.delete(roomId);
  }

  remove(person: Person): void {
    for (const roomId of this.#roomIds.get(person) ?? []) this.leave(person, roomId);
    this.#roomIds.delete(person);
  }

  /** Yields each person in any of these rooms once. They may change meanwhile. */
  *peopleIn(roomIds: readonly RoomId[]): Generator<Person> {
    const seen = new Set<Person>();
    for (const roomId of roomIds) {
      for (const person of this.#people.get(roomId) ?? []) {
        if (seen.has(person)) continue;
        seen.add(person);
        yield person;
      }
    }
  }
}
