import { type Kysely, sql, type Transaction } from "kysely";
import type { RoomChange } from "../../domain/changes.ts";
import { withoutEnded } from "../../domain/ended.ts";
import type { RoomId } from "../../domain/ids.ts";
import type { EndStore } from "../port/ends.ts";
import type { Schema } from "../schema.ts";
import { selectMembers, toMember } from "./room-rows.ts";
import { putMember, roomChanged } from "./room-writes.ts";
import { leaveTombstones } from "./tombstone.ts";

type Query = Parameters<EndStore["endMemberships"]>[0];

export async function endMemberships(
  db: Kysely<Schema>,
  { nowMs, limit }: Query,
): Promise<readonly RoomChange[]> {
  return db.transaction().execute(async (trx) => {
    const rows = await selectMembers(trx)
      .where("members.next_end_at", "<=", nowMs)
      .orderBy("members.next_end_at")
      .orderBy("members.room_id")
      .orderBy("members.user_id")
      .limit(limit)
      .execute();
    const changes: RoomChange[] = [];
    for (const row of rows) {
      const before = toMember(row);
      const { roomId, userId } = before;
      const after = withoutEnded(before, nowMs);
      changes.push(await putMember(trx, { roomId, userId, before, after, actorId: "", nowMs }));
    }
    return changes;
  });
}

export async function expireMessages(
  db: Kysely<Schema>,
  { nowMs, limit }: Query,
): Promise<readonly RoomChange[]> {
  return db.transaction().execute(async (trx) => {
    const expired = await trx
      .selectFrom("messages")
      .select(["room_id", "seq"])
      .where("expires_at", "<=", nowMs)
      .orderBy("expires_at")
      .orderBy("room_id")
      .orderBy("seq")
      .limit(limit)
      .execute();
    const changes: RoomChange[] = [];
    for (const [roomId, rows] of Map.groupBy(expired, (row) => row.room_id as RoomId)) {
      const seqs = rows.map((row) => row.seq);
      changes.push(...(await leaveTombstones(trx, { roomId, seqs, actorId: "", nowMs })));
    }
    return changes;
  });
}

export async function applyRetention(
  db: Kysely<Schema>,
  { nowMs, limit }: Query,
): Promise<readonly RoomChange[]> {
  return db.transaction().execute(async (trx) => {
    const changes: RoomChange[] = [];
    let left = limit;
    for (const room of await findOutgrown(trx, nowMs, limit)) {
      if (left <= 0) break;
      left -= await eraseOldest(trx, room, left);
      changes.push(await roomChanged(trx, { roomId: room.roomId, actorId: "", nowMs }));
    }
    return changes;
  });
}

interface OutgrownRoom {
  readonly roomId: RoomId;
  readonly firstSeq: number;
  /** What is as old as this, or older, goes. */
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

/** Erases a room's oldest messages as far as they are too old, at most `limit`. Gives how many. */
async function eraseOldest(
  trx: Transaction<Schema>,
  { roomId, firstSeq, keptAfterMs }: OutgrownRoom,
  limit: number,
): Promise<number> {
  // Times never decrease with seq: the first message to be kept ends the search.
  const oldest = await trx
    .selectFrom("messages")
    .select(["seq", "revision", "created_at"])
    .where("room_id", "=", roomId)
    .where("seq", ">=", firstSeq)
    .orderBy("seq")
    .limit(limit)
    .execute();
  const kept = oldest.findIndex((row) => Number(row.created_at) > keptAfterMs);
  const erased = kept === -1 ? oldest : oldest.slice(0, kept);
  const last = erased.at(-1);
  if (!last) return 0;
  const lastSeq = Number(last.seq);
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
  return erased.length;
}
