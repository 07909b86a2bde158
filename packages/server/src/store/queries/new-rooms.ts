import type { Kysely, Transaction } from "kysely";
import type { RoomChange } from "../../domain/changes.ts";
import type { RoomId } from "../../domain/ids.ts";
import { settleJoinRule } from "../../domain/room-fields.ts";
import type { Refused } from "../port/outcomes.ts";
import type { NewRoom, RoomStore } from "../port/rooms.ts";
import type { Schema } from "../schema.ts";
import { addAll } from "./add-members.ts";
import { appendAudit } from "./audit.ts";
import { admit } from "./room-access.ts";
import { refusedJoinRule, toColumns } from "./room-columns.ts";
import { readView } from "./room-views.ts";
import { putMember, roomChanged } from "./room-writes.ts";
import { refused, undoable } from "./undoable.ts";
import { findUsers } from "./users.ts";

export function createRoom(db: Kysely<Schema>, room: NewRoom): ReturnType<RoomStore["createRoom"]> {
  const { actor, roomId, nowMs, requestId, audit } = room;
  const requestKey = requestId === "" ? null : `${actor.id}\n${requestId}`;
  return undoable(db, async (trx) => {
    const first = requestKey === null ? undefined : await findRequested(trx, requestKey);
    if (first) {
      const query = { actor, roomId: first, nowMs };
      const seen = await admit(trx, query, "see");
      if (seen.kind === "refused") return seen;
      return { kind: "done", changes: [], view: await readView(trx, query) };
    }
    const [creator] = await findUsers(trx, { userIds: [actor.id] });
    if (!creator || creator.state.kind === "erased") {
      return refused("SESSION_REVOKED", "this account no longer exists");
    }
    const opened = await insertRoom(trx, room, requestKey);
    if ("kind" in opened) return opened;
    const owner = await putMember(trx, {
      roomId,
      userId: actor.id,
      before: null,
      after: {
        role: "owner",
        state: "joined",
        expiresAtMs: null,
        mutedUntilMs: null,
        allow: [],
        deny: [],
        joinedSeq: 0,
      },
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
    if (added.kind === "refused") return added;
    const view = await readView(trx, { actor, roomId, nowMs });
    return { kind: "done", changes: [opened, owner, ...added.changes], view };
  });
}

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
): Promise<RoomChange | Refused> {
  const joinRule = settleJoinRule(fields.isPublic, fields.joinRule);
  if (joinRule === null) return refusedJoinRule();
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
