import { ChatError } from "../../../domain/errors.ts";
import { stateNow } from "../../../domain/members/membership.ts";
import type { Operation } from "../operation.ts";
import { admit } from "../rooms/access.ts";
import { readView } from "../rooms/views.ts";
import { listWalledOff } from "../users/blocks.ts";

/** It is no change of the room: nothing but the position moves. */
export const updateReadCursor: Operation<"updateReadCursor"> = async (trx, cursor) => {
  const { actor, roomId, readSeq, nowMs } = cursor;
  const { room, membership } = await admit(trx, cursor, "read");
  if (stateNow(membership, nowMs) !== "joined") {
    throw new ChatError("NOT_A_MEMBER", "only members have a read position: join this room first");
  }
  if (readSeq > room.lastSeq) {
    const problem = `read_seq is ${readSeq}: the room's newest message is ${room.lastSeq}`;
    throw new ChatError("FIELD_INVALID", problem, { field: "read_seq" });
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
  return {
    changes: [],
    self,
    moved: moved.numUpdatedRows > 0n,
    walledOff: await listWalledOff(trx, actor.id),
  };
};
