import type { Transaction } from "kysely";
import type { RoomChange } from "../../domain/changes.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { Schema } from "../schema.ts";
import { selectMessages, toMessage } from "./message-rows.ts";

/** How many messages one statement names. */
const MAX_NAMED = 500;

export interface Deletion {
  readonly roomId: RoomId;
  readonly seqs: readonly number[];
  /** Who did it; empty: time. */
  readonly actorId: UserId | "";
  readonly nowMs: number;
}

/**
 * Takes everything from messages but their place, sender and times, each as a change of its room, in the order
 * of their seqs. Those that are tombstones already, or were never there, stay as they are.
 */
export async function leaveTombstones(
  trx: Transaction<Schema>,
  { seqs, ...deletion }: Deletion,
): Promise<readonly RoomChange[]> {
  const changes: RoomChange[] = [];
  const ordered = [...seqs].sort((one, other) => one - other);
  for (let start = 0; start < ordered.length; start += MAX_NAMED) {
    changes.push(...(await leaveSome(trx, { ...deletion, seqs: ordered.slice(start, start + MAX_NAMED) })));
  }
  return changes;
}

async function leaveSome(
  trx: Transaction<Schema>,
  { roomId, seqs, actorId, nowMs }: Deletion,
): Promise<readonly RoomChange[]> {
  const standing = await trx
    .selectFrom("messages")
    .select("seq")
    .where("room_id", "=", roomId)
    .where("seq", "in", seqs)
    .where("deleted", "=", 0)
    .orderBy("seq")
    .execute();
  if (standing.length === 0) return [];
  const gone = standing.map((row) => row.seq);
  for (const table of ["reactions", "mentions"] as const) {
    await trx.deleteFrom(table).where("room_id", "=", roomId).where("seq", "in", gone).execute();
  }
  const lastRevision = await takeRevisions(trx, roomId, gone.length);
  for (const [index, seq] of gone.entries()) {
    await trx
      .updateTable("messages")
      .set({
        text: "",
        payload: "",
        payload_type: "",
        mentions: "[]",
        reactions: "[]",
        pinned: 0,
        deleted: 1,
        content_hash: null,
        expires_at: null,
        revision: lastRevision - gone.length + 1 + index,
        updated_at: nowMs,
      })
      .where("room_id", "=", roomId)
      .where("seq", "=", seq)
      .execute();
  }
  const rows = await selectMessages(trx)
    .where("messages.room_id", "=", roomId)
    .where("messages.seq", "in", gone)
    .orderBy("messages.seq")
    .execute();
  return rows.map((row) => {
    const message = toMessage(row);
    const { revision } = message;
    return { roomId, revision, actorId, atMs: nowMs, change: { kind: "message", message } };
  });
}

/** Counts that many more changes of a room, and gives the number of the last. */
async function takeRevisions(trx: Transaction<Schema>, roomId: RoomId, count: number): Promise<number> {
  const room = await trx
    .updateTable("rooms")
    .set((update) => ({ revision: update("revision", "+", count) }))
    .where("id", "=", roomId)
    .returning("revision")
    .executeTakeFirstOrThrow();
  return Number(room.revision);
}
