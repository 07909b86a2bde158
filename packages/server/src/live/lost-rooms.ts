import { ChatError } from "../domain/errors.ts";
import type { RoomId, UserId } from "../domain/ids.ts";
import type { FeedStore } from "../store/port/live.ts";
import { asRemoval, type Removal } from "./frames.ts";

/** The most rooms of a Hello that its sender is not in. Each is answered with a gap. */
const MAX_LOST = 1_000;

interface LostRoom {
  readonly roomId: RoomId;
  readonly fromRevision: number;
  readonly removal: Removal | null;
}

/** The rooms that a stream's reader is no longer in, and has not been told so yet. */
export class LostRooms {
  // Most streams lose none, so the map is made when it is needed.
  #revisions: Map<RoomId, number> | null = null;

  get size(): number {
    return this.#revisions?.size ?? 0;
  }

  /** @param fromRevision the newest revision that the client has of the room */
  add(roomId: RoomId, fromRevision: number): void {
    this.#revisions ??= new Map();
    this.#revisions.set(roomId, fromRevision);
  }

  /** Adds the cursor of a room that the reader has not joined. @throws ChatError TOO_MANY_IDS above 1,000 of them */
  addCursor(roomId: RoomId, revision: number): void {
    this.add(roomId, revision);
    if (this.size <= MAX_LOST) return;
    const problem = `hello.rooms has more than ${MAX_LOST} rooms that you are not in`;
    throw new ChatError("TOO_MANY_IDS", `${problem}: begin without cursors`, { field: "hello.rooms" });
  }

  /** Takes all rooms, each with the change by which another has removed the reader, if that is why it is lost. */
  async takeAll(store: Pick<FeedStore, "listRemovals">, userId: UserId): Promise<readonly LostRoom[]> {
    const lost = this.#revisions ?? new Map<RoomId, number>();
    this.#revisions = null;
    const removals = await store.listRemovals({ userId, roomIds: [...lost.keys()] });
    const byRoom = new Map(removals.map((change) => [change.roomId, asRemoval(change)]));
    return [...lost].map(([roomId, fromRevision]) => ({
      roomId,
      fromRevision,
      removal: byRoom.get(roomId) ?? null,
    }));
  }
}
