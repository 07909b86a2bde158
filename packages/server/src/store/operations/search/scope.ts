import type { Kysely } from "kysely";
import { decide } from "../../../domain/access/decide.ts";
import type { RoomId } from "../../../domain/ids.ts";
import { stateNow } from "../../../domain/members/membership.ts";
import type { SearchQuery } from "../../port/search.ts";
import { selectMembers, toMember } from "../../tables/members.ts";
import { selectRooms, toRoom } from "../../tables/rooms.ts";
import type { Schema } from "../../tables/schema.ts";
import { firstSeqFor } from "../messages/access.ts";
import type { Standing } from "../rooms/access.ts";

/** Up to this many rooms are named to the index; for members of more it looks in all rooms, and finds some soon. */
const MAX_NAMED_ROOMS = 200;

const NO_ROOM: Standing = { room: null, membership: null, lastPost: null, reach: "someone" };

interface Place {
  readonly room_id: string;
  readonly seq: number;
  readonly sender_id: string;
}

/** The messages that a search may give its actor. Blocks don't matter: earlier messages may still be read. */
export class Scope {
  readonly #db: Kysely<Schema>;
  readonly #query: SearchQuery;
  readonly #standings = new Map<string, Standing>();
  #roomIds: readonly RoomId[] | null = null;

  private constructor(db: Kysely<Schema>, query: SearchQuery) {
    this.#db = db;
    this.#query = query;
  }

  static async read(db: Kysely<Schema>, query: SearchQuery): Promise<Scope> {
    const scope = new Scope(db, query);
    const roomIds = query.roomIds.length > 0 ? query.roomIds : await readJoined(db, query);
    if (roomIds.length > MAX_NAMED_ROOMS) return scope;
    await scope.#load(roomIds);
    scope.#roomIds = roomIds.filter((roomId) => scope.#firstSeqIn(roomId) !== null);
    return scope;
  }

  /** The rooms to look in; null where there are too many to name. */
  get roomIds(): readonly RoomId[] | null {
    return this.#roomIds;
  }

  standingIn(roomId: RoomId): Standing {
    return this.#standings.get(roomId) ?? NO_ROOM;
  }

  /** Returns the messages among these that the actor may read, and that are of the sender asked for. */
  async readable<Message extends Place>(messages: readonly Message[]): Promise<readonly Message[]> {
    const { senderId } = this.#query;
    const wanted = senderId === "" ? messages : messages.filter(({ sender_id }) => sender_id === senderId);
    if (this.#roomIds === null) await this.#load(wanted.map(({ room_id }) => room_id as RoomId));
    return wanted.filter(({ room_id, seq }) => {
      const firstSeq = this.#firstSeqIn(room_id as RoomId);
      return firstSeq !== null && seq >= firstSeq;
    });
  }

  /** Returns the oldest message of a room that may be given; null where none may. */
  #firstSeqIn(roomId: RoomId): number | null {
    const { actor, nowMs, roomIds } = this.#query;
    const standing = this.standingIn(roomId);
    const { room, membership } = standing;
    if (!room || !decide(actor, "read", standing, nowMs).allowed) return null;
    const isMeant = roomIds.length > 0 ? roomIds.includes(roomId) : stateNow(membership, nowMs) === "joined";
    return isMeant ? firstSeqFor(room, membership) : null;
  }

  async #load(roomIds: readonly RoomId[]): Promise<void> {
    const ids = [...new Set(roomIds)].filter((roomId) => !this.#standings.has(roomId));
    if (ids.length === 0) return;
    const rooms = await selectRooms(this.#db).where("rooms.id", "in", ids).execute();
    const members = await selectMembers(this.#db)
      .where("members.room_id", "in", ids)
      .where("members.user_id", "=", this.#query.actor.id)
      .execute();
    const memberOf = new Map(members.map((row) => [row.room_id, toMember(row)]));
    for (const row of rooms) {
      this.#standings.set(row.id, {
        ...NO_ROOM,
        room: toRoom(row),
        membership: memberOf.get(row.id) ?? null,
      });
    }
  }
}

async function readJoined(db: Kysely<Schema>, { actor }: SearchQuery): Promise<readonly RoomId[]> {
  const rows = await db
    .selectFrom("members")
    .select("room_id")
    .where("user_id", "=", actor.id)
    .where("state", "=", "joined")
    .limit(MAX_NAMED_ROOMS + 1)
    .execute();
  return rows.map(({ room_id }) => room_id as RoomId);
}
