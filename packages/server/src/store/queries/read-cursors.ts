import type { Kysely } from "kysely";
import { stateNow } from "../../domain/membership.ts";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";
import { admit } from "./room-access.ts";
import { readView } from "./room-views.ts";

/** See `MessageStore.updateReadCursor`. It is no change of the room: nothing but the position moves. */
export async function updateReadCursor(
  db: Kysely<Schema>,
  cursor: Parameters<Store["updateReadCursor"]>[0],
): ReturnType<Store["updateReadCursor"]> {
  return db.transaction().execute(async (trx) => {
    const { actor, roomId, readSeq, nowMs } = cursor;
    const allowed = await admit(trx, cursor, "read");
    if (allowed.kind === "refused") return allowed;
    const { room, membership } = allowed;
    if (stateNow(membership, nowMs) !== "joined") {
      return {
        kind: "refused",
        reason: "NOT_A_MEMBER",
        message: "only members have a read position: join this room first",
      };
    }
    if (readSeq > room.lastSeq) {
      return {
        kind: "refused",
        reason: "FIELD_INVALID",
        message: `read_seq is ${readSeq}: the room's newest message is ${room.lastSeq}`,
        field: "read_seq",
      };
    }
    const moved = await trx
      .updateTable("members")
      .set({ read_seq: readSeq })
      .where("room_id", "=", roomId)
      .where("user_id", "=", actor.id)
      .where("read_seq", "<", readSeq)
      .executeTakeFirst();
    const { self } = await readView(trx, { actor, roomId, nowMs });
    if (!self) throw new Error("a member who has joined has no record");
    return { kind: "done", changes: [], self, moved: moved.numUpdatedRows > 0n };
  });
}
