import { sql, type Transaction } from "kysely";
import type { RoomId } from "../../../domain/ids.ts";
import type { RoomChange } from "../../../domain/live/changes.ts";
import { dialectOf } from "../../dialect.ts";
import { selectMembers, toMember } from "../../tables/members.ts";
import type { Schema } from "../../tables/schema.ts";
import { putMember } from "../members/records.ts";
import { takePiece, textLength } from "../messages/piece.ts";
import type { Erased, ErasureStep } from "./piece.ts";

/** Removes rows of a deleted room: what refers to messages first. Nobody can read them any more. */
export async function eraseRoomContent(
  trx: Transaction<Schema>,
  { roomId, ...step }: ErasureStep & { readonly roomId: RoomId },
): Promise<Erased> {
  const changes = await touchWaiting(trx, { roomId, ...step });
  let erased = changes.length;
  const keys = { reactions: sql`room_id, seq, emoji, user_id`, mentions: sql`user_id, room_id, seq` };
  for (const table of ["reactions", "mentions"] as const) {
    const key = keys[table];
    const { numDeletedRows } = await trx
      .deleteFrom(table)
      .where(
        sql<boolean>`(${key}) in (
          select ${key} from ${sql.table(table)} where room_id = ${roomId} limit ${step.limit - erased})`,
      )
      .executeTakeFirst();
    erased += Number(numDeletedRows);
  }
  const limit = step.limit - erased;
  const oldest = await trx
    .selectFrom("messages")
    .select(["key", textLength.as("characters")])
    .where("room_id", "=", roomId)
    .orderBy("seq")
    .limit(limit)
    .execute();
  const piece = takePiece(oldest, limit);
  if (piece.rows.length > 0) {
    const keys = trx
      .selectFrom("messages")
      .select("key")
      .where(
        "key",
        "in",
        piece.rows.map(({ key }) => key),
      );
    await dialectOf(trx).search.forget(trx, keys);
    await trx.deleteFrom("messages").where("key", "in", keys).execute();
  }
  return { changes, erased: erased + piece.weight, isDone: !piece.isCut && oldest.length < limit };
}

/**
 * Makes a change for each who is invited or knocks, which leaves them so: their streams follow nothing else of the room, look
 * at it again and find it deleted. Their records are older than the deletion until then.
 */
async function touchWaiting(
  trx: Transaction<Schema>,
  { roomId, actorId, limit, nowMs }: ErasureStep & { readonly roomId: RoomId },
): Promise<readonly RoomChange[]> {
  const rows = await selectMembers(trx)
    .where("members.room_id", "=", roomId)
    .where("members.state", "in", ["invited", "knocking"])
    .where("members.revision", "<=", (rooms) =>
      rooms.selectFrom("rooms").select("erased_revision").where("id", "=", roomId),
    )
    .orderBy("members.revision")
    .limit(limit)
    .execute();
  const changes: RoomChange[] = [];
  for (const member of rows.map(toMember)) {
    const write = { roomId, userId: member.userId, before: member, after: member, actorId, nowMs };
    changes.push(await putMember(trx, write));
  }
  return changes;
}
