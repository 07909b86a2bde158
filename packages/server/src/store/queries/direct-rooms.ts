import type { Kysely, Transaction } from "kysely";
import type { RoomChange } from "../../domain/changes.ts";
import { describeEnd } from "../../domain/expiry.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import { enter, stateNow } from "../../domain/membership.ts";
import { entryRole } from "../../domain/room-roles.ts";
import { accountStateNow, roleNow } from "../../domain/system-roles.ts";
import type { User } from "../../domain/users.ts";
import type { RoomStore } from "../port/rooms.ts";
import type { Schema } from "../schema.ts";
import { readMember } from "./room-access.ts";
import { selectRooms, toRoom } from "./room-rows.ts";
import { readView } from "./room-views.ts";
import { putMember, roomChanged } from "./room-writes.ts";
import { refused, undoable } from "./undoable.ts";
import { findUsers } from "./users.ts";

type Opening = Parameters<RoomStore["openDirectRoom"]>[0];

export function openDirectRoom(
  db: Kysely<Schema>,
  opening: Opening,
): ReturnType<RoomStore["openDirectRoom"]> {
  const { actor, nowMs } = opening;
  const userIds = [...new Set([actor.id, ...opening.userIds])].sort();
  return undoable(db, async (trx) => {
    const users = await findUsers(trx, { userIds });
    const there = users.filter((user) => accountStateNow(user, nowMs).kind !== "erased");
    const missing = userIds.find((userId) => !there.some(({ id }) => id === userId));
    if (missing !== undefined) {
      return refused("USER_NOT_FOUND", `there is no user "${missing}"`, "user_ids");
    }
    if (await isBlockedByAny(trx, actor.id, userIds)) {
      return refused("DM_NOT_ALLOWED", "one of these users takes no direct messages");
    }

    const known = await findDirect(trx, userIds);
    const roomId = known ?? opening.roomId;
    const own = known && (await readMember(trx, known, actor.id));
    if (own && stateNow(own, nowMs) === "banned") {
      return refused("BANNED", `banned from this room ${describeEnd(own.expiresAtMs)}`);
    }
    const opened = known === null ? [await insertDirect(trx, opening, userIds)] : [];
    const entered = await enterEach(trx, { ...opening, roomId }, there);
    const view = await readView(trx, { actor, roomId, nowMs });
    return { kind: "done", changes: [...opened, ...entered], view, created: known === null };
  });
}

async function isBlockedByAny(
  trx: Transaction<Schema>,
  userId: UserId,
  others: readonly UserId[],
): Promise<boolean> {
  const blocker = await trx
    .selectFrom("relationships")
    .select("user_id")
    .where("user_id", "in", others)
    .where("other_id", "=", userId)
    .where("blocked", "=", 1)
    .limit(1)
    .executeTakeFirst();
  return blocker !== undefined;
}

async function findDirect(trx: Transaction<Schema>, userIds: readonly UserId[]): Promise<RoomId | null> {
  const room = await trx
    .selectFrom("rooms")
    .select("id")
    .where("direct_key", "=", userIds.join("\n"))
    .executeTakeFirst();
  return room ? (room.id as RoomId) : null;
}

async function insertDirect(
  trx: Transaction<Schema>,
  { actor, roomId, nowMs }: Opening,
  userIds: readonly UserId[],
): Promise<RoomChange> {
  await trx
    .insertInto("rooms")
    .values({
      id: roomId,
      kind: "direct",
      direct_key: userIds.join("\n"),
      request_key: null,
      // The change that makes the room known is its first.
      version: 0,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .execute();
  return roomChanged(trx, { roomId, actorId: actor.id, nowMs });
}

/** Whoever is not in the room: all of them in a new one, later those who have left it. */
async function enterEach(
  trx: Transaction<Schema>,
  { actor, roomId, nowMs }: Opening,
  users: readonly User[],
): Promise<readonly RoomChange[]> {
  const row = await selectRooms(trx).where("rooms.id", "=", roomId).executeTakeFirstOrThrow();
  const { lastSeq: joinedSeq } = toRoom(row);
  const changes: RoomChange[] = [];
  for (const user of users) {
    const before = await readMember(trx, roomId, user.id);
    const state = stateNow(before, nowMs);
    if (state === "joined" || state === "banned") continue;
    const role = entryRole(roleNow(user, nowMs));
    const after = enter(before, { role, state: "joined", expiresAtMs: null, joinedSeq });
    changes.push(await putMember(trx, { roomId, userId: user.id, before, after, actorId: actor.id, nowMs }));
  }
  return changes;
}
