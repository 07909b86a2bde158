import type { Transaction } from "kysely";
import { ChatError } from "../../../domain/errors.ts";
import { describeEnd } from "../../../domain/expiry.ts";
import type { RoomId, UserId } from "../../../domain/ids.ts";
import type { RoomChange } from "../../../domain/live/changes.ts";
import { enter, stateNow } from "../../../domain/members/membership.ts";
import { entryRole } from "../../../domain/members/room-roles.ts";
import { isWelcome } from "../../../domain/rooms/direct.ts";
import type { Member } from "../../../domain/rooms/room.ts";
import { accountStateNow, roleNow } from "../../../domain/users/system-roles.ts";
import { lock } from "../../dialect.ts";
import type { RoomQuery, RoomStore } from "../../port/rooms.ts";
import { selectRooms, toRoom } from "../../tables/rooms.ts";
import type { Schema } from "../../tables/schema.ts";
import { putMember, readMember } from "../members/records.ts";
import type { Operation } from "../operation.ts";
import { findUsers } from "../users/users.ts";
import { readPeers } from "./direct-peers.ts";
import { readView } from "./views.ts";
import { roomChanged } from "./writes.ts";

type Opening = Parameters<RoomStore["openDirectRoom"]>[0];

export const openDirectRoom: Operation<"openDirectRoom"> = async (trx, opening) => {
  const { actor, nowMs } = opening;
  const userIds = membersOf(opening);
  const users = await findUsers(trx, { userIds });
  const there = users.filter((user) => accountStateNow(user, nowMs).kind !== "erased");
  const missing = userIds.find((userId) => !there.some(({ id }) => id === userId));
  if (missing !== undefined) {
    throw new ChatError("USER_NOT_FOUND", `there is no user "${missing}"`, { field: "user_ids" });
  }
  const known = await findDirect(trx, opening);
  // Another may have opened it since its lock was asked for.
  if (known !== null) await lock(trx, () => ({ rooms: [known] }));
  const roomId = known ?? opening.roomId;
  await requireWelcome(trx, { ...opening, roomId, userIds }, known === null);
  const own = known && (await readMember(trx, known, actor.id));
  if (own && stateNow(own, nowMs) === "banned") {
    throw new ChatError("BANNED", `banned from this room ${describeEnd(own.expiresAtMs)}`);
  }
  const opened = known === null ? [await insertDirect(trx, opening, userIds)] : [];
  const entered =
    stateNow(own, nowMs) === "joined" ? [] : [await enterAgain(trx, { actor, roomId, nowMs }, own)];
  const view = await readView(trx, { actor, roomId, nowMs });
  return { changes: [...opened, ...entered], view, created: known === null };
};

/**
 * Goes on if a new room would leave nobody out, and one that there is not everybody. The refusal doesn't tell who it is.
 *
 * @throws ChatError DM_NOT_ALLOWED
 */
async function requireWelcome(
  trx: Transaction<Schema>,
  { actor, roomId, userIds, nowMs }: Opening,
  isNew: boolean,
): Promise<void> {
  const peers = await readPeers(trx, { actorId: actor.id, roomId, userIds, nowMs });
  const welcome = peers.filter((peer) => isWelcome(actor, peer, nowMs));
  if (welcome.length === peers.length || (!isNew && welcome.length > 0)) return;
  throw new ChatError("DM_NOT_ALLOWED", "one of these users takes no direct messages of yours");
}

type Opener = Pick<Opening, "userIds"> & { readonly actor: { readonly id: UserId } };

function membersOf({ actor, userIds }: Opener): readonly UserId[] {
  return [...new Set([actor.id, ...userIds])].sort();
}

/** Returns what finds the one room of these users. */
export function directKey(opener: Opener): string {
  return membersOf(opener).join("\n");
}

async function findDirect(trx: Transaction<Schema>, opening: Opening): Promise<RoomId | null> {
  const room = await trx
    .selectFrom("rooms")
    .select("id")
    .where("direct_key", "=", directKey(opening))
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
      direct_users: userIds.join("\n"),
      request_key: null,
      // The change that makes the room known is its first.
      version: 0,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .execute();
  return roomChanged(trx, { roomId, actorId: actor.id, nowMs });
}

/** Lets the actor in. The others come in with the first message. */
async function enterAgain(
  trx: Transaction<Schema>,
  { actor, roomId, nowMs }: RoomQuery,
  before: Member | null,
): Promise<RoomChange> {
  const row = await selectRooms(trx).where("rooms.id", "=", roomId).executeTakeFirstOrThrow();
  const role = entryRole(roleNow(actor, nowMs));
  const entry = { role, state: "joined", expiresAtMs: null, joinedSeq: toRoom(row).lastSeq } as const;
  const after = enter(before, entry);
  return putMember(trx, { roomId, userId: actor.id, before, after, actorId: actor.id, nowMs });
}
