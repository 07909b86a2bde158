import type { Transaction } from "kysely";
import { ChatError } from "../../../domain/errors.ts";
import { isFull, MAX_ROOM_MEMBERS } from "../../../domain/rooms/fields.ts";
import type { Room } from "../../../domain/rooms/room.ts";
import type { Schema } from "../../tables/schema.ts";

/** Goes on if one more can join a room. @throws ChatError ROOM_FULL */
export async function requirePlace(trx: Transaction<Schema>, room: Room, nowMs: number): Promise<void> {
  if (!isFull(room, room.memberCount)) return;
  // A member whose time has ended takes no place, even before the room's count knows of it.
  const ended = await trx
    .selectFrom("members")
    .select((select) => select.fn.countAll().as("count"))
    .where("room_id", "=", room.id)
    .where("state", "=", "joined")
    .where("expires_at", "<=", nowMs)
    .executeTakeFirstOrThrow();
  if (!isFull(room, room.memberCount - Number(ended.count))) return;
  const most = room.maxMembers || MAX_ROOM_MEMBERS;
  throw new ChatError("ROOM_FULL", `this room has its ${most} members: wait until someone leaves`);
}
