import type { Kysely, Transaction } from "kysely";
import type { RoomId, UserId } from "../../../domain/ids.ts";
import type { RoomChange } from "../../../domain/live/changes.ts";
import { type Membership, nextEndOf, stateNow } from "../../../domain/members/membership.ts";
import type { Member } from "../../../domain/rooms/room.ts";
import { selectMembers, toMember } from "../../tables/members.ts";
import type { Schema } from "../../tables/schema.ts";
import { nextRevision } from "../rooms/writes.ts";

export async function readMember(db: Kysely<Schema>, roomId: RoomId, userId: UserId): Promise<Member | null> {
  const row = await selectMembers(db)
    .where("members.room_id", "=", roomId)
    .where("members.user_id", "=", userId)
    .executeTakeFirst();
  return row ? toMember(row) : null;
}

export interface MemberWrite {
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly before: Member | null;
  /** Exactly what is stored. */
  readonly after: Membership;
  /** Empty: it ended by itself. */
  readonly actorId: UserId | "";
  /** The value of `Member.removedFor`; left out: null. */
  readonly removedFor?: string | null;
  readonly nowMs: number;
}

/** Stores one person's record in a room, as a change of it. */
export async function putMember(trx: Transaction<Schema>, write: MemberWrite): Promise<RoomChange> {
  const { roomId, actorId, nowMs } = write;
  const member = memberAfter(write, await nextRevision(trx, roomId));
  await writeMember(trx, write, member);
  return { roomId, revision: member.revision, actorId, atMs: nowMs, change: { kind: "member", member } };
}

/** Returns the record that a change leaves. Everything from before somebody joins counts as read. */
export function memberAfter(
  { roomId, userId, before, after, removedFor = null, nowMs }: MemberWrite,
  revision: number,
): Member {
  const entersNow = after.state === "joined" && stateNow(before, nowMs) !== "joined";
  const readSeq = entersNow ? Math.max(before?.readSeq ?? 0, after.joinedSeq) : (before?.readSeq ?? 0);
  return { ...after, roomId, userId, readSeq, revision, removedFor };
}

/** Stores what `memberAfter` returns, and counts the room's members. */
export async function writeMember(
  trx: Transaction<Schema>,
  { before, nowMs }: Pick<MemberWrite, "before" | "nowMs">,
  member: Member,
): Promise<void> {
  const { roomId, userId } = member;
  const row = {
    role: member.role,
    state: member.state,
    expires_at: member.expiresAtMs,
    muted_until: member.mutedUntilMs,
    allow: JSON.stringify(member.allow),
    deny: JSON.stringify(member.deny),
    next_end_at: nextEndOf(member),
    joined_seq: member.joinedSeq,
    read_seq: member.readSeq,
    removed_for: member.removedFor,
    revision: member.revision,
    updated_at: nowMs,
  };
  await trx
    .insertInto("members")
    .values({ room_id: roomId, user_id: userId, ...row })
    .onConflict((conflict) => conflict.columns(["room_id", "user_id"]).doUpdateSet(row))
    .execute();

  const joined = (member.state === "joined" ? 1 : 0) - (before?.state === "joined" ? 1 : 0);
  if (joined !== 0) {
    await trx
      .updateTable("rooms")
      .set((update) => ({ member_count: update("member_count", "+", joined) }))
      .where("id", "=", roomId)
      .execute();
  }
}

/** Counts the owners that a room has beside one of its members, without those whose membership ends by itself. */
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
