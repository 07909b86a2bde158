import { requireAllowed } from "../../../domain/access/decisions.ts";
import type { JoinRule } from "../../../domain/access/room-access.ts";
import { ChatError } from "../../../domain/errors.ts";
import { LOBBY } from "../../../domain/ids.ts";
import { decidePolicyChange } from "../../../domain/members/changes.ts";
import { differing, type RoomFields, settleJoinRule } from "../../../domain/rooms/fields.ts";
import type { Room } from "../../../domain/rooms/room.ts";
import type { RoomUpdate } from "../../port/rooms.ts";
import { toColumns } from "../../tables/room-columns.ts";
import { appendAudit } from "../admin/audit.ts";
import { startErasure } from "../erasures/erasures.ts";
import type { Operation } from "../operation.ts";
import { admit, readStanding } from "./access.ts";
import { readView } from "./views.ts";
import { roomChanged } from "./writes.ts";

/** The fields of a direct room that can be set; everything else of it follows from who is in it. */
const DIRECT_FIELDS: ReadonlySet<string> = new Set(["labels", "retentionMs"] satisfies (keyof RoomFields)[]);

export const updateRoom: Operation<"updateRoom"> = async (trx, change) => {
  const { actor, roomId, fields, nowMs, audit } = change;
  const { room } = await admit(trx, change, "manage-room");
  checkFits(room, change);
  if (fields.memberPermissions) {
    const standing = await readStanding(trx, change);
    const decision = decidePolicyChange({ actor, object: standing }, fields.memberPermissions, nowMs);
    requireAllowed(decision, "room.policy.member_permissions");
  }
  const joinRule = joinRuleAfter(room, fields);
  const changes = differing(room, { ...fields, joinRule });
  if (Object.keys(changes).length === 0) return { changes: [], view: await readView(trx, change) };

  await trx
    .updateTable("rooms")
    .set((update) => ({
      ...toColumns({ ...changes, joinRule }),
      // The change takes the next revision.
      ...(decidesVisibility(changes) && { sight_revision: update("revision", "+", 1) }),
    }))
    .where("id", "=", roomId)
    .execute();
  const changed = await roomChanged(trx, { roomId, actorId: actor.id, nowMs });
  await appendAudit(trx, audit);
  return { changes: [changed], view: await readView(trx, change) };
};

export const deleteRoom: Operation<"deleteRoom"> = async (trx, deletion) => {
  const { actor, roomId, nowMs, audit } = deletion;
  const { room } = await admit(trx, deletion, "manage-room");
  if (roomId === LOBBY) throw new ChatError("NOT_PERMITTED", "the lobby can't be deleted");
  await trx
    .updateTable("rooms")
    .set((update) => ({
      state: "deleted",
      title: "",
      title_key: "",
      topic: "",
      labels: "{}",
      // The same people may open another.
      direct_key: null,
      first_seq: update("last_seq", "+", 1),
      erased_revision: update.ref("revision"),
    }))
    .where("id", "=", roomId)
    .execute();
  await trx
    .updateTable("members")
    .set({ removed_for: null })
    .where("room_id", "=", roomId)
    .where("removed_for", "is not", null)
    .execute();
  const changed = await roomChanged(trx, { roomId, actorId: actor.id, nowMs });
  const changes = await startErasure(trx, { roomId, userId: null, actorId: actor.id }, nowMs);
  await appendAudit(trx, audit);
  return { changes: [changed, ...changes], hadMessages: room.lastSeq > 0 };
};

/** True when these fields are about the messages that members may read. */
function decidesVisibility({ historyVisibility, memberPermissions }: Partial<RoomFields>): boolean {
  return historyVisibility !== undefined || memberPermissions !== undefined;
}

function checkFits(room: Room, { fields, expectedVersion }: RoomUpdate): void {
  if (room.kind === "direct" && Object.keys(fields).some((name) => !DIRECT_FIELDS.has(name))) {
    const problem = "of a direct room only labels and policy.retention can be changed";
    throw new ChatError("NOT_PERMITTED", problem, { field: "update_mask" });
  }
  if (room.id === LOBBY && fields.isPublic === false) {
    const problem = "the lobby is for everyone, and stays public";
    throw new ChatError("NOT_PERMITTED", problem, { field: "room.public" });
  }
  if (expectedVersion !== null && expectedVersion !== room.version) {
    const problem = "the room has changed since it was read: read it again";
    throw new ChatError("EDIT_CONFLICT", problem, { field: "etag" });
  }
}

/** @throws ChatError FIELD_INVALID when a private room would get a join rule of public ones */
function joinRuleAfter(room: Room, fields: Partial<RoomFields>): JoinRule {
  const isPublic = fields.isPublic ?? room.isPublic;
  if (fields.joinRule !== undefined) return settleJoinRule(isPublic, fields.joinRule);
  return isPublic ? room.joinRule : "invite";
}
