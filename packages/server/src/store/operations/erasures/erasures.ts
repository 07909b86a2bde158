import type { Transaction } from "kysely";
import type { RoomId, UserId } from "../../../domain/ids.ts";
import type { RoomChange } from "../../../domain/live/changes.ts";
import { type Locks, lock } from "../../dialect.ts";
import type { Schema } from "../../tables/schema.ts";
import type { Operation } from "../operation.ts";
import type { Erased, ErasureStep } from "./piece.ts";
import { eraseRoomContent } from "./room-content.ts";
import { roomsOf } from "./rooms-of.ts";
import { eraseUserContent } from "./user-content.ts";

/** The most rows that one transaction erases, while others wait: some 20 ms. */
const MAX_ERASED_AT_ONCE = 100;

/** The content to erase: all of a deleted room, or everything that an erased user left in rooms. */
type Erasable =
  | { readonly roomId: RoomId; readonly userId: null; readonly actorId: UserId | "" }
  | { readonly roomId: null; readonly userId: UserId; readonly actorId: UserId | "" };

/**
 * Erases what can be erased at once, and stores the rest as a task for `continueErasures`. The caller makes sure that
 * all of it counts as erased from this transaction on.
 */
export async function startErasure(
  trx: Transaction<Schema>,
  erasable: Erasable,
  nowMs: number,
): Promise<readonly RoomChange[]> {
  const { isDone, changes } = await eraseSome(trx, erasable, { limit: MAX_ERASED_AT_ONCE, nowMs });
  if (isDone) return changes;
  const { roomId, userId, actorId } = erasable;
  await trx.insertInto("erasures").values({ room_id: roomId, user_id: userId, actor_id: actorId }).execute();
  return changes;
}

export const continueErasures: Operation<"continueErasures"> = async (trx, { nowMs, limit }) => {
  const changes: RoomChange[] = [];
  let erased = 0;
  while (erased < limit) {
    const next = await trx.selectFrom("erasures").selectAll().orderBy("key").limit(1).executeTakeFirst();
    if (!next) break;
    await lock(trx, () => locksOf(trx, toErasable(next)));
    const task = await trx.selectFrom("erasures").selectAll().where("key", "=", next.key).executeTakeFirst();
    // Another process has done it meanwhile.
    if (!task) continue;
    const some = await eraseSome(trx, toErasable(task), { limit: limit - erased, nowMs });
    changes.push(...some.changes);
    erased += some.erased;
    if (!some.isDone) break;
    await trx.deleteFrom("erasures").where("key", "=", task.key).execute();
  }
  return { changes, erased };
};

function locksOf(trx: Transaction<Schema>, { roomId, userId }: Erasable): Locks {
  if (roomId !== null) return { rooms: [roomId] };
  return { rooms: roomsOf(trx, userId), users: [userId] };
}

function eraseSome(
  trx: Transaction<Schema>,
  erasable: Erasable,
  step: Omit<ErasureStep, "actorId">,
): Promise<Erased> {
  const { roomId, userId, actorId } = erasable;
  if (roomId !== null) return eraseRoomContent(trx, { ...step, roomId, actorId });
  return eraseUserContent(trx, { ...step, userId, actorId });
}

function toErasable(row: { room_id: string | null; user_id: string | null; actor_id: string }): Erasable {
  const actorId = row.actor_id as UserId | "";
  if (row.room_id !== null) return { roomId: row.room_id as RoomId, userId: null, actorId };
  return { roomId: null, userId: row.user_id as UserId, actorId };
}
