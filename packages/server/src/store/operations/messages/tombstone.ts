import type { Transaction } from "kysely";
import type { RoomId, UserId } from "../../../domain/ids.ts";
import type { RoomChange } from "../../../domain/live/changes.ts";
import { NO_CONTENT } from "../../../domain/messages/content.ts";
import { toTombstone } from "../../../domain/messages/message.ts";
import { dialectOf } from "../../dialect.ts";
import { selectMessages, toContentRow, toMessage } from "../../tables/messages.ts";
import type { Schema } from "../../tables/schema.ts";

/** The most messages that one statement names. */
const MAX_NAMED = 500;

interface Deletion {
  readonly roomId: RoomId;
  readonly seqs: readonly number[];
  /** Empty: time did it. */
  readonly actorId: UserId | "";
  readonly nowMs: number;
}

/**
 * Takes the content from messages, each as a change of its room, in the order of their seqs. Those that are tombstones
 * already, or were never there, stay as they are.
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
  const rows = await selectMessages(trx)
    .where("messages.room_id", "=", roomId)
    .where("messages.seq", "in", seqs)
    .where("messages.deleted", "=", 0)
    .orderBy("messages.seq")
    .execute();
  if (rows.length === 0) return [];
  const gone = rows.map((row) => row.seq);
  for (const table of ["reactions", "mentions"] as const) {
    await trx.deleteFrom(table).where("room_id", "=", roomId).where("seq", "in", gone).execute();
  }
  await dialectOf(trx).search.forget(
    trx,
    trx.selectFrom("messages").select("key").where("room_id", "=", roomId).where("seq", "in", gone),
  );
  const changes: RoomChange[] = [];
  let revision = (await takeRevisions(trx, roomId, gone.length)) - gone.length;
  for (const row of rows) {
    revision++;
    await trx
      .updateTable("messages")
      .set({
        ...toContentRow(NO_CONTENT),
        client_message_id: null,
        content_hash: null,
        deleted: 1,
        revision,
        updated_at: nowMs,
      })
      .where("room_id", "=", roomId)
      .where("seq", "=", row.seq)
      .execute();
    const message = { ...toTombstone(toMessage(row)), revision, updatedAtMs: nowMs };
    changes.push({ roomId, revision, actorId, atMs: nowMs, change: { kind: "message", message } });
  }
  return changes;
}

/** Counts `count` more changes of a room, and returns the number of the last. */
async function takeRevisions(trx: Transaction<Schema>, roomId: RoomId, count: number): Promise<number> {
  const room = await trx
    .updateTable("rooms")
    .set((update) => ({ revision: update("revision", "+", count) }))
    .where("id", "=", roomId)
    .returning("revision")
    .executeTakeFirstOrThrow();
  return Number(room.revision);
}
