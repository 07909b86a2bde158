import type { Kysely } from "kysely";
import type { RoomId, UserId } from "../../../domain/ids.ts";
import { stateNow } from "../../../domain/members/membership.ts";
import type { Schema } from "../../tables/schema.ts";
import { readMember } from "../members/records.ts";
import type { Operation } from "../operation.ts";
import { admit } from "../rooms/access.ts";
import { listWalledOff } from "../users/blocks.ts";

export const listPresenceRooms: Operation<"listPresenceRooms"> = async (
  db,
  { userId, maxMembers, nowMs },
) => {
  const roomIds = await listSmallRooms(db, { userId, maxMembers, nowMs });
  return { roomIds, walledOff: await listWalledOff(db, userId) };
};

/** Lists the rooms that a user has joined and that have at most `maxMembers`. */
export async function listSmallRooms(
  db: Kysely<Schema>,
  { userId, maxMembers, nowMs }: { userId: UserId; maxMembers: number; nowMs: number },
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

export const touchLastSeen: Operation<"touchLastSeen"> = async (trx, { users }) => {
  for (const { userId, atMs } of users) {
    await trx
      .updateTable("users")
      .set({ last_seen_at: atMs })
      .where("id", "=", userId)
      .where("state", "!=", "erased")
      .where("hide_presence", "=", 0)
      .execute();
  }
};

export const readLastSeen: Operation<"readLastSeen"> = async (db, { viewerId, roomId, userIds, nowMs }) => {
  const viewer = await readMember(db, roomId, viewerId);
  if (userIds.length === 0 || stateNow(viewer, nowMs) !== "joined") return [];
  const rows = await joinedMembers(db, nowMs)
    .innerJoin("users", "users.id", "members.user_id")
    .select(["users.id", "users.last_seen_at"])
    .where("members.room_id", "=", roomId)
    .where("members.user_id", "in", userIds)
    .where("users.hide_presence", "=", 0)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom("relationships")
            .select("relationships.user_id")
            .where("relationships.blocked", "=", 1)
            .where((block) =>
              block.or([
                block.and([
                  block("relationships.user_id", "=", block.ref("users.id")),
                  block("relationships.other_id", "=", viewerId),
                ]),
                block.and([
                  block("relationships.user_id", "=", viewerId),
                  block("relationships.other_id", "=", block.ref("users.id")),
                ]),
              ]),
            ),
        ),
      ),
    )
    .execute();
  return rows.map((row) => ({
    userId: row.id as UserId,
    lastSeenAtMs: row.last_seen_at === null ? null : Number(row.last_seen_at),
  }));
};

export const checkTyping: Operation<"checkTyping"> = async (db, query) => {
  await admit(db, query, "post");
  return listWalledOff(db, query.actor.id);
};

function joinedMembers(db: Kysely<Schema>, nowMs: number) {
  return db
    .selectFrom("members")
    .where("members.state", "=", "joined")
    .where((where) =>
      where.or([where("members.expires_at", "is", null), where("members.expires_at", ">", nowMs)]),
    );
}
