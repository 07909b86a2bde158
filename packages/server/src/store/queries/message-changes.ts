import type { Kysely } from "kysely";
import { decide } from "../../domain/decide.ts";
import type { Message } from "../../domain/messages.ts";
import type { Permission } from "../../domain/permissions.ts";
import type { MessageChange, MessageDeletion, SeenMessage } from "../port/messages.ts";
import type { Outcome, Refused } from "../port/outcomes.ts";
import type { Schema } from "../schema.ts";
import { appendAudit } from "./audit.ts";
import { type Found, findIn, findReadable, firstDenied } from "./message-access.ts";
import { readStanding, toRefused } from "./room-access.ts";
import { nextRevision } from "./room-writes.ts";
import { seenBy, unchanged } from "./seen-messages.ts";
import { leaveTombstones } from "./tombstone.ts";
import { refused } from "./undoable.ts";

/** See `MessageStore.updateMessage`. */
export async function updateMessage(
  db: Kysely<Schema>,
  change: MessageChange,
): Promise<Outcome<SeenMessage>> {
  return db.transaction().execute(async (trx) => {
    const found = await findReadable(trx, change);
    if (found.kind === "refused") return found;
    const refusal = refuseUpdate(found, change);
    if (refusal) return refusal;
    const before = found.message;
    const after = edited(before, change);
    if (isSame(before, after)) return unchanged(trx, change, before);

    const revision = await nextRevision(trx, change.roomId);
    const updatedAtMs = Math.max(change.nowMs, before.updatedAtMs);
    await trx
      .updateTable("messages")
      .set({
        // The search index follows the text: it is left alone where the text is.
        ...(after.text !== before.text && { text: after.text }),
        payload: after.payload,
        payload_type: after.payloadType,
        pinned: after.pinned ? 1 : 0,
        revision,
        updated_at: updatedAtMs,
      })
      .where("room_id", "=", change.roomId)
      .where("seq", "=", change.seq)
      .execute();
    const message = { ...after, revision, updatedAtMs };
    const { roomId, actor, nowMs } = change;
    const told = { kind: "message", message } as const;
    return {
      kind: "done",
      changes: [{ roomId, revision, actorId: actor.id, atMs: nowMs, change: told }],
      ...(await seenBy(trx, actor.id, message)),
    };
  });
}

/** See `MessageStore.deleteMessage`. Whoever keeps order need not be able to read what they remove. */
export async function deleteMessage(
  db: Kysely<Schema>,
  deletion: MessageDeletion,
): Promise<Outcome<SeenMessage>> {
  return db.transaction().execute(async (trx) => {
    const { actor, roomId, seq, nowMs } = deletion;
    const standing = await readStanding(trx, actor.id, roomId);
    const keepsOrder = decide(actor, "delete-any", standing, nowMs);
    const ownOnly = decide(actor, "delete-own", standing, nowMs);
    if (!keepsOrder.allowed && !ownOnly.allowed) return toRefused(ownOnly);
    const found = await findIn(trx, deletion, standing);
    if (found.kind === "refused") return found;
    const { message } = found;
    if (message.senderId !== actor.id && !keepsOrder.allowed) return toRefused(keepsOrder);

    const changes = await leaveTombstones(trx, { roomId, seqs: [seq], actorId: actor.id, nowMs });
    const [change] = changes;
    // Deleted before, by its own time or by someone.
    if (change?.change.kind !== "message") return unchanged(trx, deletion, message);
    if (message.senderId !== actor.id) await appendAudit(trx, toAudit(deletion, message));
    return { kind: "done", changes, message: change.change.message, ownEmoji: [] };
  });
}

function refuseUpdate({ message, standing }: Found, change: MessageChange): Refused | null {
  const edits = change.text !== undefined || change.payload !== undefined;
  if (edits && message.senderId !== change.actor.id) {
    return refused("NOT_PERMITTED", "a message is edited by its sender alone: delete it, if you may");
  }
  const needed: readonly Permission[] = [
    ...(edits ? (["edit-own"] as const) : []),
    ...(change.pinned === undefined ? [] : (["pin"] as const)),
  ];
  const denied = firstDenied(change, standing, needed);
  if (denied) return denied;
  if (message.deleted) return refused("MESSAGE_DELETED", `message ${message.seq} has been deleted`);
  if (change.expectedRevision !== 0 && change.expectedRevision !== message.revision) {
    return refused(
      "EDIT_CONFLICT",
      `message ${message.seq} has changed since revision ${change.expectedRevision}: it is at ${message.revision}`,
    );
  }
  const after = edited(message, change);
  if (after.text === "" && after.payload === "") {
    const field = change.text === undefined ? "message.payload" : "message.text";
    return refused("TEXT_EMPTY", `${field} is empty: a message needs text or a payload`, field);
  }
  return null;
}

function edited(message: Message, { text, payload, pinned }: MessageChange): Message {
  return {
    ...message,
    ...(text !== undefined && { text }),
    ...payload,
    ...(pinned !== undefined && { pinned }),
  };
}

function isSame(one: Message, other: Message): boolean {
  return (
    one.text === other.text &&
    one.payload === other.payload &&
    one.payloadType === other.payloadType &&
    one.pinned === other.pinned
  );
}

function toAudit(
  { actor, roomId, seq, nowMs, reason, address, serviceId }: MessageDeletion,
  message: Message,
) {
  return {
    atMs: nowMs,
    action: "message-deleted",
    actorId: actor.id,
    serviceId,
    targetId: message.senderId,
    address,
    detail: [`message ${seq} of room ${roomId}`, reason].filter((part) => part !== "").join("; "),
  } as const;
}
