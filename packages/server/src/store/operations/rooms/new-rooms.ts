import type { Transaction } from "kysely";
import { ChatError } from "../../../domain/errors.ts";
import type { RoomId } from "../../../domain/ids.ts";
import type { RoomChange } from "../../../domain/live/changes.ts";
import { enter } from "../../../domain/members/membership.ts";
import { settleJoinRule } from "../../../domain/rooms/fields.ts";
import type { NewRoom } from "../../port/rooms.ts";
import { toColumns } from "../../tables/room-columns.ts";
import type { Schema } from "../../tables/schema.ts";
import { appendAudit } from "../admin/audit.ts";
import { addAll } from "../members/add-members.ts";
import { putMember } from "../members/records.ts";
import type { Operation } from "../operation.ts";
import { findUsers } from "../users/users.ts";
import { admit } from "./access.ts";
import { readView } from "./views.ts";
import { roomChanged } from "./writes.ts";

export const createRoom: Operation<"createRoom"> = async (trx, room) => {
  const { actor, roomId, nowMs, requestId, audit } = room;
  const requestKey = requestId === "" ? null : `${actor.id}\n${requestId}`;
  const first = requestKey === null ? undefined : await findRequested(trx, requestKey);
  if (first) {
    const query = { actor, roomId: first, nowMs };
    await admit(trx, query, "see");
    return { changes: [], view: await readView(trx, query) };
  }
  const [creator] = await findUsers(trx, { userIds: [actor.id] });
  if (!creator || creator.state.kind === "erased") {
    throw new ChatError("SESSION_REVOKED", "this account no longer exists");
  }
  const opened = await insertRoom(trx, room, requestKey);
  const owner = await putMember(trx, {
    roomId,
    userId: actor.id,
    before: null,
    after: enter(null, { role: "owner", state: "joined", expiresAtMs: null, joinedSeq: 0 }),
    actorId: actor.id,
    nowMs,
  });
  await appendAudit(trx, audit);
  const added = await addAll(trx, {
    actor,
    roomId,
    userIds: room.userIds.filter((userId) => userId !== actor.id),
    role: null,
    expiresAtMs: null,
    nowMs,
    audit: { ...audit, action: "member-added" },
  });
  const view = await readView(trx, { actor, roomId, nowMs });
  return { changes: [opened, owner, ...added.changes], view };
};

async function findRequested(trx: Transaction<Schema>, requestKey: string): Promise<RoomId | undefined> {
  const room = await trx
    .selectFrom("rooms")
    .select("id")
    .where("request_key", "=", requestKey)
    .executeTakeFirst();
  return room?.id as RoomId | undefined;
}

async function insertRoom(
  trx: Transaction<Schema>,
  { actor, roomId, kind, fields, nowMs }: NewRoom,
  requestKey: string | null,
): Promise<RoomChange> {
  const joinRule = settleJoinRule(fields.isPublic, fields.joinRule);
  await trx
    .insertInto("rooms")
    .values({
      id: roomId,
      kind,
      ...toColumns({ ...fields, joinRule }),
      direct_key: null,
      request_key: requestKey,
      // The change that makes the room known is its first.
      version: 0,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .execute();
  return roomChanged(trx, { roomId, actorId: actor.id, nowMs });
}
