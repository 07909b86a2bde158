import type { Kysely } from "kysely";
import type { RoomId, UserId } from "../../domain/ids.ts";
import { stateNow } from "../../domain/membership.ts";
import type { LastSeen, PresenceStore } from "../port/presence.ts";
import type { Schema } from "../schema.ts";
import { admit, readMember } from "./room-access.ts";

export async function listPresenceRooms(
  db: Kysely<Schema>,
  { userId, maxMembers, nowMs }: Parameters<PresenceStore["listPresenceRooms"]>[0],
): Promise<readonly RoomId[]> {
  const rows = await joinedMembers(db, nowMs)
    .innerJoin("rooms", "rooms.id", "members.room_id")
    .select("members.room_id")
    .where("members.user_id", "=", userId)
    .where("rooms.state", "=", "active")
    .where("rooms.member_count", "<=", maxMembers)
    .execute();
  return rows.map((row) => row.room_id as RoomId);
}

export async function touchLastSeen(
  db: Kysely<Schema>,
  { users }: Parameters<PresenceStore["touchLastSeen"]>[0],
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (const { userId, atMs } of users) {
      await trx
        .updateTable("users")
        .set({ last_seen_at: atMs })
        .where("id", "=", userId)
        .where("state", "!=", "erased")
        .where("hide_presence", "=", 0)
        .execute();
    }
  });
}

export async function readLastSeen(
  db: Kysely<Schema>,
  { viewerId, roomId, userIds, nowMs }: Parameters<PresenceStore["readLastSeen"]>[0],
): Promise<readonly LastSeen[]> {
  const viewer = await readMember(db, roomId, viewerId);
  if (userIds.length === 0 || stateNow(viewer, nowMs) !== "joined") return [];
  const rows = await joinedMembers(db, nowMs)
    .innerJoin("users", "users.id", "members.user_id")
    .select(["users.id", "users.last_seen_at"])
    .where("members.room_id", "=", roomId)
    .where("members.user_id", "in", userIds)
    .where("users.hide_presence", "=", 0)
    .execute();
  return rows.map((row) => ({
    userId: row.id as UserId,
    lastSeenAtMs: row.last_seen_at === null ? null : Number(row.last_seen_at),
  }));
}

export async function checkTyping(
  db: Kysely<Schema>,
  query: Parameters<PresenceStore["checkTyping"]>[0],
): ReturnType<PresenceStore["checkTyping"]> {
  const admitted = await admit(db, query, "post");
  return admitted.kind === "allowed" ? { kind: "done" } : admitted;
}

function joinedMembers(db: Kysely<Schema>, nowMs: number) {
  return db
    .selectFrom("members")
    .where("members.state", "=", "joined")
    .where((where) =>
      where.or([where("members.expires_at", "is", null), where("members.expires_at", ">", nowMs)]),
    );
}
