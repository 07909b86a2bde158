import { sql, type Transaction } from "kysely";
import type { RoomId } from "../../../domain/ids.ts";
import type { RoomChange } from "../../../domain/live/changes.ts";
import { withoutEnded } from "../../../domain/members/ended.ts";
import { dialectOf, lock } from "../../dialect.ts";
import { selectMembers, toMember } from "../../tables/members.ts";
import type { Schema } from "../../tables/schema.ts";
import { putMember } from "../members/records.ts";
import { takePiece, textLength } from "../messages/piece.ts";
import { leaveTombstones } from "../messages/tombstone.ts";
import type { Operation } from "../operation.ts";
import { roomChanged } from "../rooms/writes.ts";

export const endMemberships: Operation<"endMemberships"> = async (trx, { nowMs, limit }) => {
  const due = selectMembers(trx)
    .where("members.next_end_at", "<=", nowMs)
    .orderBy("members.next_end_at")
    .orderBy("members.room_id")
    .orderBy("members.user_id")
    .limit(limit);
  const rooms = new Set((await due.execute()).map((row) => row.room_id));
  if (rooms.size === 0) return [];
  await lock(trx, () => ({ rooms }));
  const rows = await due.where("members.room_id", "in", [...rooms]).execute();
  const changes: RoomChange[] = [];
  for (const row of rows) {
    const before = toMember(row);
    const { roomId, userId, removedFor } = before;
    const after = withoutEnded(before, nowMs);
    changes.push(await putMember(trx, { roomId, userId, before, after, actorId: "", removedFor, nowMs }));
  }
  return changes;
};

export const expireMessages: Operation<"expireMessages"> = async (trx, { nowMs, limit }) => {
  const expired = await trx
    .selectFrom("messages")
    .innerJoin("rooms", "rooms.id", "messages.room_id")
    .select(["messages.room_id", "messages.seq", textLength.as("characters")])
    .where("messages.expires_at", "<=", nowMs)
    // The others are being erased with their room.
    .whereRef("messages.seq", ">=", "rooms.first_seq")
    .orderBy("messages.expires_at")
    .orderBy("messages.room_id")
    .orderBy("messages.seq")
    .limit(limit)
    .execute();
  const byRoom = Map.groupBy(takePiece(expired, limit).rows, (row) => row.room_id as RoomId);
  await lock(trx, () => ({ rooms: byRoom.keys() }));
  const changes: RoomChange[] = [];
  for (const [roomId, rows] of byRoom) {
    const seqs = rows.map((row) => row.seq);
    changes.push(...(await leaveTombstones(trx, { roomId, seqs, actorId: "", nowMs })));
  }
  return changes;
};

export const applyRetention: Operation<"applyRetention"> = async (trx, { nowMs, limit }) => {
  const changes: RoomChange[] = [];
  let left = limit;
  const found = (await findOutgrown(trx, nowMs, limit)).map(({ roomId }) => roomId);
  if (found.length === 0) return [];
  await lock(trx, () => ({ rooms: found }));
  for (const room of await findOutgrown(trx, nowMs, limit)) {
    // Others are not locked, and wait for the next call.
    if (!found.includes(room.roomId)) continue;
    if (left <= 0) break;
    left -= await eraseOldest(trx, room, left);
    changes.push(await roomChanged(trx, { roomId: room.roomId, actorId: "", nowMs }));
  }
  return changes;
};

interface OutgrownRoom {
  readonly roomId: RoomId;
  readonly firstSeq: number;
  /** Messages of this time, and older ones, go. */
  readonly keptAfterMs: number;
}

/** Rooms whose oldest message they no longer keep. */
async function findOutgrown(
  trx: Transaction<Schema>,
  nowMs: number,
  limit: number,
): Promise<readonly OutgrownRoom[]> {
  const rows = await trx
    .selectFrom("rooms")
    .innerJoin("messages", (join) =>
      join.onRef("messages.room_id", "=", "rooms.id").onRef("messages.seq", "=", "rooms.first_seq"),
    )
    .select(["rooms.id", "rooms.first_seq", "rooms.retention_ms"])
    // In the words and the order of the index, which has only these.
    .where(sql<boolean>`rooms.retention_ms > 0`)
    .where((where) => where("messages.created_at", "<=", sql<number>`${nowMs} - rooms.retention_ms`))
    .orderBy("rooms.retention_ms")
    .orderBy("rooms.id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    roomId: row.id as RoomId,
    firstSeq: Number(row.first_seq),
    keptAfterMs: nowMs - Number(row.retention_ms),
  }));
}

/** Erases a room's oldest messages as far as they are too old, at most `limit`. Returns the rows that they count as. */
async function eraseOldest(
  trx: Transaction<Schema>,
  { roomId, firstSeq, keptAfterMs }: OutgrownRoom,
  limit: number,
): Promise<number> {
  // Times never decrease with seq: the first message to be kept ends the search.
  const oldest = await trx
    .selectFrom("messages")
    .select(["seq", "revision", "created_at", textLength.as("characters")])
    .where("room_id", "=", roomId)
    .where("seq", ">=", firstSeq)
    .orderBy("seq")
    .limit(limit)
    .execute();
  const kept = oldest.findIndex((row) => Number(row.created_at) > keptAfterMs);
  const { rows: erased, weight } = takePiece(kept === -1 ? oldest : oldest.slice(0, kept), limit);
  const last = erased.at(-1);
  if (!last) return 0;
  const lastSeq = Number(last.seq);
  await dialectOf(trx).search.forget(
    trx,
    trx.selectFrom("messages").select("key").where("room_id", "=", roomId).where("seq", "<=", lastSeq),
  );
  for (const table of ["reactions", "mentions", "messages"] as const) {
    await trx.deleteFrom(table).where("room_id", "=", roomId).where("seq", "<=", lastSeq).execute();
  }
  const newest = Math.max(...erased.map((row) => Number(row.revision)));
  await trx
    .updateTable("rooms")
    .set({
      first_seq: lastSeq + 1,
      erased_revision: sql<number>`case when erased_revision < ${newest} then ${newest} else erased_revision end`,
    })
    .where("id", "=", roomId)
    .execute();
  return weight;
}
