import type { Transaction } from "kysely";
import type { RoomChange } from "../../domain/changes.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import { type Membership, nextEndOf, stateNow } from "../../domain/membership.ts";
import type { Member } from "../../domain/rooms.ts";
import type { Schema } from "../schema.ts";
import { selectRooms, toRoom } from "./room-rows.ts";

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

export interface MemberWrite {
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly before: Member | null;
  /** Exactly what is stored. */
  readonly after: Membership;
  /** Who did it; empty: time. */
  readonly actorId: UserId | "";
  readonly nowMs: number;
}

/** Stores one person's record in a room, as a change of it. */
export async function putMember(trx: Transaction<Schema>, write: MemberWrite): Promise<RoomChange> {
  const { roomId, userId, before, after, actorId, nowMs } = write;
  const revision = await nextRevision(trx, roomId);
  const row = {
    role: after.role,
    state: after.state,
    expires_at: after.expiresAtMs,
    muted_until: after.mutedUntilMs,
    allow: JSON.stringify(after.allow),
    deny: JSON.stringify(after.deny),
    next_end_at: nextEndOf(after),
    joined_seq: after.joinedSeq,
    revision,
    updated_at: nowMs,
  };
  // What came before one's joining counts as read.
  const entersNow = after.state === "joined" && stateNow(before, nowMs) !== "joined";
  const readSeq = entersNow ? Math.max(before?.readSeq ?? 0, after.joinedSeq) : (before?.readSeq ?? 0);
  await trx
    .insertInto("members")
    .values({ room_id: roomId, user_id: userId, read_seq: readSeq, ...row })
    .onConflict((conflict) =>
      conflict.columns(["room_id", "user_id"]).doUpdateSet({ read_seq: readSeq, ...row }),
    )
    .execute();

  const joined = (after.state === "joined" ? 1 : 0) - (before?.state === "joined" ? 1 : 0);
  if (joined !== 0) {
    await trx
      .updateTable("rooms")
      .set((update) => ({ member_count: update("member_count", "+", joined) }))
      .where("id", "=", roomId)
      .execute();
  }
  const member: Member = { ...after, roomId, userId, readSeq, revision };
  return { roomId, revision, actorId, atMs: nowMs, change: { kind: "member", member } };
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

/** How many owners a room has beside one of its members, without those whose membership ends by itself. */
export async function countOtherOwners(
  trx: Transaction<Schema>,
  roomId: RoomId,
  userId: UserId,
): Promise<number> {
  const { owners } = await trx
    .selectFrom("members")
    .select((select) => select.fn.countAll().as("owners"))
    .where("room_id", "=", roomId)
    .where("role", "=", "owner")
    .where("state", "=", "joined")
    .where("expires_at", "is", null)
    .where("user_id", "!=", userId)
    .executeTakeFirstOrThrow();
  return Number(owners);
}
