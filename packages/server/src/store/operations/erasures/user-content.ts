import { sql, type Transaction } from "kysely";
import type { RoomId, UserId } from "../../../domain/ids.ts";
import type { RoomChange } from "../../../domain/live/changes.ts";
import type { MemberState } from "../../../domain/members/membership.ts";
import { lock } from "../../dialect.ts";
import { selectMembers, toMember } from "../../tables/members.ts";
import { selectMessages, toMessage } from "../../tables/messages.ts";
import type { Schema } from "../../tables/schema.ts";
import { putMember } from "../members/records.ts";
import { takePiece, textLength } from "../messages/piece.ts";
import { putCounts, recount } from "../messages/reactions.ts";
import { leaveTombstones } from "../messages/tombstone.ts";
import type { Erased, ErasureStep } from "./piece.ts";

interface UserStep extends ErasureStep {
  readonly userId: UserId;
}

/**
 * Takes an erased user out of their rooms, takes back their reactions, leaves tombstones of their messages where those
 * count as deleted, and removes who has mentioned them. Rooms that have been deleted are left to their own erasure.
 */
export async function eraseUserContent(trx: Transaction<Schema>, step: UserStep): Promise<Erased> {
  const { userId, limit } = step;
  const changes: RoomChange[] = [];
  for (const erase of [leaveRooms, takeBackReactions]) {
    changes.push(...(await erase(trx, { ...step, limit: limit - changes.length })));
  }
  const texts = await eraseTexts(trx, { ...step, limit: limit - changes.length });
  const erased = changes.length + texts.weight;
  changes.push(...texts.changes);
  const { numDeletedRows } = await trx
    .deleteFrom("mentions")
    .where(
      sql<boolean>`(user_id, room_id, seq) in (
        select user_id, room_id, seq from mentions where user_id = ${userId} limit ${Math.max(0, limit - erased)})`,
    )
    .executeTakeFirst();
  const all = erased + Number(numDeletedRows);
  return { changes, erased: all, isDone: all < limit && !texts.isCut };
}

/** In these, one is in a room in some way; who left or was banned is not. */
export const PRESENT_STATES = ["invited", "knocking", "joined"] as const satisfies MemberState[];

/** A direct room stays readable for those who are left; a room may be left without an owner. */
async function leaveRooms(
  trx: Transaction<Schema>,
  { userId, actorId, limit, nowMs }: UserStep,
): Promise<readonly RoomChange[]> {
  const rows = await selectMembers(trx)
    .where("members.user_id", "=", userId)
    .where("members.state", "in", PRESENT_STATES)
    .limit(limit)
    .execute();
  const gone = { state: "left", expiresAtMs: null, mutedUntilMs: null, allow: [], deny: [] } as const;
  const changes: RoomChange[] = [];
  for (const before of rows.map(toMember)) {
    const { roomId } = before;
    const after = { ...before, ...gone };
    changes.push(await putMember(trx, { roomId, userId, before, after, actorId, nowMs }));
  }
  return changes;
}

async function takeBackReactions(
  trx: Transaction<Schema>,
  { userId, limit, nowMs }: UserStep,
): Promise<readonly RoomChange[]> {
  const given = await trx
    .selectFrom("reactions")
    .innerJoin("rooms", "rooms.id", "reactions.room_id")
    .select(["reactions.room_id", "reactions.seq", "reactions.emoji"])
    .where("reactions.user_id", "=", userId)
    .whereRef("reactions.seq", ">=", "rooms.first_seq")
    .limit(limit)
    .execute();
  const changes: RoomChange[] = [];
  for (const { room_id, seq, emoji } of given) {
    const roomId = room_id as RoomId;
    await trx
      .deleteFrom("reactions")
      .where("room_id", "=", roomId)
      .where("seq", "=", seq)
      .where("emoji", "=", emoji)
      .where("user_id", "=", userId)
      .execute();
    const row = await selectMessages(trx)
      .where("messages.room_id", "=", roomId)
      .where("messages.seq", "=", seq)
      .executeTakeFirstOrThrow();
    const reactions = recount(toMessage(row).content.reactions, { emoji, by: -1 });
    const revision = await putCounts(trx, { roomId, seq, reactions });
    const change = { kind: "reaction", seq: Number(seq), emoji, removed: true, userId } as const;
    changes.push({ roomId, revision, actorId: userId, atMs: nowMs, change });
  }
  return changes;
}

async function eraseTexts(
  trx: Transaction<Schema>,
  { userId, actorId, limit, nowMs }: UserStep,
): Promise<{ readonly changes: readonly RoomChange[]; readonly weight: number; readonly isCut: boolean }> {
  const done = await trx
    .selectFrom("erasures")
    .select(["done_room_id", "done_seq"])
    .where("user_id", "=", userId)
    .executeTakeFirst();
  const own = await trx
    .selectFrom("messages")
    .innerJoin("users", "users.id", "messages.sender_id")
    .innerJoin("rooms", "rooms.id", "messages.room_id")
    .select(["messages.room_id", "messages.seq", textLength.as("characters")])
    .where("messages.sender_id", "=", userId)
    .where("users.messages_erased", "=", 1)
    .where("messages.deleted", "=", 0)
    // An erased user writes no more, so nothing comes before this place.
    .where(
      sql<boolean>`(messages.room_id, messages.seq) > (${done?.done_room_id ?? ""}, ${done?.done_seq ?? 0})`,
    )
    .whereRef("messages.seq", ">=", "rooms.first_seq")
    .orderBy("messages.room_id")
    .orderBy("messages.seq")
    .limit(limit)
    .execute();
  const piece = takePiece(own, limit);
  const changes: RoomChange[] = [];
  const byRoom = Map.groupBy(piece.rows, (row) => row.room_id as RoomId);
  await lock(trx, () => ({ rooms: byRoom.keys() }));
  for (const [roomId, rows] of byRoom) {
    const seqs = rows.map((row) => Number(row.seq));
    changes.push(...(await leaveTombstones(trx, { roomId, seqs, actorId, nowMs })));
  }
  const last = piece.rows.at(-1);
  if (last) {
    await trx
      .updateTable("erasures")
      .set({ done_room_id: last.room_id, done_seq: last.seq })
      .where("user_id", "=", userId)
      .execute();
  }
  return { changes, weight: piece.weight, isCut: piece.isCut };
}
