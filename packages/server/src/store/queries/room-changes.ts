import type { Kysely } from "kysely";
import { LOBBY } from "../../domain/ids.ts";
import { decidePolicyChange } from "../../domain/member-changes.ts";
import { type RoomFields, settleJoinRule } from "../../domain/room-fields.ts";
import type { Room } from "../../domain/rooms.ts";
import type { Refused } from "../port/outcomes.ts";
import type { RoomStore, RoomUpdate } from "../port/rooms.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./audit.ts";
import { admit, readStanding, toRefused } from "./room-access.ts";
import { refusedJoinRule, toColumns } from "./room-columns.ts";
import { readView } from "./room-views.ts";
import { roomChanged } from "./room-writes.ts";
import { refused } from "./undoable.ts";

/** What can be set of a direct room; everything else of it follows from who is in it. */
const DIRECT_FIELDS: ReadonlySet<string> = new Set(["labels", "retentionMs"] satisfies (keyof RoomFields)[]);

export async function updateRoom(
  db: Kysely<Schema>,
  change: RoomUpdate,
): ReturnType<RoomStore["updateRoom"]> {
  const { actor, roomId, fields, nowMs, audit } = change;
  return db.transaction().execute(async (trx) => {
    const admitted = await admit(trx, change, "manage-room");
    if (admitted.kind === "refused") return admitted;
    const { room } = admitted;
    const unfit = refuseUnfit(room, change);
    if (unfit) return unfit;
    if (fields.memberPermissions) {
      const standing = await readStanding(trx, actor.id, roomId);
      const decision = decidePolicyChange({ actor, object: standing }, fields.memberPermissions, nowMs);
      if (!decision.allowed) {
        return { ...toRefused(decision), field: "room.policy.member_permissions" };
      }
    }
    const joinRule = joinRuleAfter(room, fields);
    if (joinRule === null) return refusedJoinRule();

    await trx
      .updateTable("rooms")
      .set((update) => ({
        ...toColumns({ ...fields, joinRule }),
        // The change takes the next revision.
        ...(decidesSight(fields) && { sight_revision: update("revision", "+", 1) }),
      }))
      .where("id", "=", roomId)
      .execute();
    const changed = await roomChanged(trx, { roomId, actorId: actor.id, nowMs });
    await appendAudit(trx, audit);
    return { kind: "done", changes: [changed], view: await readView(trx, change) };
  });
}

export async function deleteRoom(
  db: Kysely<Schema>,
  deletion: Parameters<RoomStore["deleteRoom"]>[0],
): ReturnType<RoomStore["deleteRoom"]> {
  const { actor, roomId, nowMs, audit } = deletion;
  return db.transaction().execute(async (trx) => {
    const admitted = await admit(trx, deletion, "manage-room");
    if (admitted.kind === "refused") return admitted;
    if (roomId === LOBBY) return refused("NOT_PERMITTED", "the lobby can't be deleted");
    for (const table of ["reactions", "mentions", "messages"] as const) {
      await trx.deleteFrom(table).where("room_id", "=", roomId).execute();
    }
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
    const changed = await roomChanged(trx, { roomId, actorId: actor.id, nowMs });
    await appendAudit(trx, audit);
    return { kind: "done", changes: [changed] };
  });
}

/** Whether these fields are about what members may read. */
function decidesSight({ historyVisibility, memberPermissions }: Partial<RoomFields>): boolean {
  return historyVisibility !== undefined || memberPermissions !== undefined;
}

function refuseUnfit(room: Room, { fields, expectedVersion }: RoomUpdate): Refused | null {
  if (room.kind === "direct" && Object.keys(fields).some((name) => !DIRECT_FIELDS.has(name))) {
    const message = "of a direct room only labels and policy.retention can be changed";
    return refused("NOT_PERMITTED", message, "update_mask");
  }
  if (room.id === LOBBY && fields.isPublic === false) {
    return refused("NOT_PERMITTED", "the lobby is for everyone, and stays public", "room.public");
  }
  return expectedVersion !== null && expectedVersion !== room.version
    ? refused("EDIT_CONFLICT", "the room has changed since it was read: read it again", "etag")
    : null;
}

/** The join rule after a change; null: the one that is asked for is not for a private room. */
function joinRuleAfter(room: Room, fields: Partial<RoomFields>) {
  const isPublic = fields.isPublic ?? room.isPublic;
  if (fields.joinRule !== undefined) return settleJoinRule(isPublic, fields.joinRule);
  return isPublic ? room.joinRule : "invite";
}
