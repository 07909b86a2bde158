import type { Transaction } from "kysely";
import type { RoomId, UserId } from "../../../domain/ids.ts";
import type { RoomChange } from "../../../domain/live/changes.ts";
import { selectRooms, toRoom } from "../../tables/rooms.ts";
import type { Schema } from "../../tables/schema.ts";

/** Counts one more durable change of a room, and gives its number. */
export async function nextRevision(trx: Transaction<Schema>, roomId: RoomId): Promise<number> {
  const room = await trx
    .updateTable("rooms")
    .set((update) => ({ revision: update("revision", "+", 1) }))
    .where("id", "=", roomId)
    .returning("revision")
    .executeTakeFirstOrThrow();
  return Number(room.revision);
}

/** The room as it stands now, as a change of it: for whoever has changed its own fields. */
export async function roomChanged(
  trx: Transaction<Schema>,
  { roomId, actorId, nowMs }: { roomId: RoomId; actorId: UserId | ""; nowMs: number },
): Promise<RoomChange> {
  const revision = await nextRevision(trx, roomId);
  await trx
    .updateTable("rooms")
    .set((update) => ({
      changed_revision: revision,
      version: update("version", "+", 1),
      updated_at: nowMs,
    }))
    .where("id", "=", roomId)
    .execute();
  const room = toRoom(await selectRooms(trx).where("rooms.id", "=", roomId).executeTakeFirstOrThrow());
  return { roomId, revision, actorId, atMs: nowMs, change: { kind: "room", room } };
}
