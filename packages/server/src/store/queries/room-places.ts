import type { Transaction } from "kysely";
import { isFull, MAX_ROOM_MEMBERS } from "../../domain/room-fields.ts";
import type { Room } from "../../domain/rooms.ts";
import type { Refused } from "../port/outcomes.ts";
import type { Schema } from "../schema.ts";
import { refused } from "./undoable.ts";

/** Why nobody more can join a room, if that is so. */
export async function refuseIfFull(
  trx: Transaction<Schema>,
  room: Room,
  nowMs: number,
): Promise<Refused | null> {
  if (!isFull(room, room.memberCount)) return null;
  // Whose membership has ended takes no place, even before the room's count knows of it.
  const ended = await trx
    .selectFrom("members")
    .select((select) => select.fn.countAll().as("count"))
    .where("room_id", "=", room.id)
    .where("state", "=", "joined")
    .where("expires_at", "<=", nowMs)
    .executeTakeFirstOrThrow();
  if (!isFull(room, room.memberCount - Number(ended.count))) return null;
  const most = room.maxMembers || MAX_ROOM_MEMBERS;
  return refused("ROOM_FULL", `this room has its ${most} members: wait until someone leaves`);
}
