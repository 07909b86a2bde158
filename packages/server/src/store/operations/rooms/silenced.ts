import { type Kysely, type RawBuilder, sql } from "kysely";
import type { RoomId, UserId } from "../../../domain/ids.ts";
import type { Schema } from "../../tables/schema.ts";

interface SilencedQuery {
  readonly userId: UserId;
  /** Rooms that the user has joined. */
  readonly roomIds: readonly RoomId[];
  /** The last seq that counts as read, of a row of `members` and one of `rooms`. */
  readonly readUpTo: RawBuilder<number>;
}

/**
 * Counts by room the unread messages of the people whom a user blocks or mutes. It first finds which of them have written in
 * which of the user's rooms, by steps through an index: from somebody's room to the user's next one, and from there to
 * somebody's next one. So it costs by the rooms that they share, and not by all pairs of a person and a room.
 */
export async function countSilenced(
  db: Kysely<Schema>,
  { userId, roomIds, readUpTo }: SilencedQuery,
): Promise<ReadonlyMap<RoomId, number>> {
  const sorted = [...roomIds].sort();
  const [first, last] = [sorted.at(0), sorted.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const { rows } = await sql<{ room_id: string; unread: number }>`
    with recursive spoken (sender_id, room_id) as (
      select other_id, (select min(messages.room_id) from messages
        where messages.sender_id = other_id and messages.room_id >= ${first} and messages.room_id <= ${last})
      from relationships where user_id = ${userId}
      union all
      select spoken.sender_id, (select min(messages.room_id) from messages
        where messages.sender_id = spoken.sender_id and messages.room_id <= ${last} and messages.room_id >= (
          select min(own.room_id) from members as own
          where own.user_id = ${userId} and own.state = 'joined' and own.room_id > spoken.room_id))
      from spoken where spoken.room_id is not null
    )
    select rooms.id as room_id, sum(
      (select count(*) from messages as theirs where theirs.sender_id = spoken.sender_id
       and theirs.room_id = rooms.id and theirs.seq > ${readUpTo})
      - (select count(*) from messages as gone where gone.room_id = rooms.id and gone.deleted = 1
         and gone.seq > ${readUpTo} and gone.sender_id = spoken.sender_id)) as unread
    from spoken
    inner join members on members.room_id = spoken.room_id and members.user_id = ${userId}
    inner join rooms on rooms.id = spoken.room_id
    where rooms.id in (${sql.join(sorted)})
    group by rooms.id`.execute(db);
  return new Map(rows.map(({ room_id, unread }) => [room_id as RoomId, Number(unread)]));
}
