import { decide } from "../../../domain/access/decide.ts";
import { requireAllowed } from "../../../domain/access/decisions.ts";
import type { Permission } from "../../../domain/access/permissions.ts";
import { ChatError } from "../../../domain/errors.ts";
import type { MessageContent } from "../../../domain/messages/content.ts";
import { dialectOf } from "../../dialect.ts";
import type { MessageChange } from "../../port/messages.ts";
import { toContentRow } from "../../tables/messages.ts";
import { appendAudit } from "../admin/audit.ts";
import type { Operation } from "../operation.ts";
import { readStanding } from "../rooms/access.ts";
import { nextRevision } from "../rooms/writes.ts";
import { type Found, findIn, findReadable, requirePermissions } from "./access.ts";
import { checkMentions, putMentions } from "./mentions.ts";
import { seenBy, unchanged } from "./seen.ts";
import { leaveTombstones } from "./tombstone.ts";

export const updateMessage: Operation<"updateMessage"> = async (trx, change) => {
  const found = await findReadable(trx, change);
  checkUpdate(found, change);
  await checkMentions(trx, found, change);
  const before = found.message;
  const changed = changedContent(before.content, change);
  if (Object.keys(changed).length === 0) return unchanged(trx, change, before);

  const revision = await nextRevision(trx, change.roomId);
  const updatedAtMs = Math.max(change.nowMs, before.updatedAtMs);
  await trx
    .updateTable("messages")
    .set({ ...toContentRow(changed), revision, updated_at: updatedAtMs })
    .where("room_id", "=", change.roomId)
    .where("seq", "=", change.seq)
    .execute();
  if (changed.text !== undefined) await dialectOf(trx).search.replace(trx, change);
  if (changed.mentionUserIds) {
    const mentions = { before: before.content.mentionUserIds, after: changed.mentionUserIds };
    await putMentions(trx, change, mentions);
  }
  const content = { ...before.content, ...changed };
  const message = { ...before, revision, updatedAtMs, content };
  const { roomId, actor, nowMs } = change;
  const told = { kind: "message", message } as const;
  return {
    changes: [{ roomId, revision, actorId: actor.id, atMs: nowMs, change: told }],
    ...(await seenBy(trx, actor.id, message)),
  };
};

/** Whoever keeps order need not be able to read what they remove. */
export const deleteMessage: Operation<"deleteMessage"> = async (trx, deletion) => {
  const { actor, roomId, seq, nowMs } = deletion;
  const standing = await readStanding(trx, { actor, roomId, nowMs });
  const keepsOrder = decide(actor, "delete-any", standing, nowMs);
  const ownOnly = decide(actor, "delete-own", standing, nowMs);
  if (!keepsOrder.allowed) requireAllowed(ownOnly);
  const { message } = await findIn(trx, deletion, standing);
  if (message.senderId !== actor.id) requireAllowed(keepsOrder);

  const changes = await leaveTombstones(trx, { roomId, seqs: [seq], actorId: actor.id, nowMs });
  const [change] = changes;
  // Deleted before, by its own time or by someone.
  if (change?.change.kind !== "message") return unchanged(trx, deletion, message);
  if (message.senderId !== actor.id) {
    await appendAudit(trx, { ...deletion.audit, targetId: message.senderId });
  }
  return { changes, message: change.change.message, ownEmoji: [] };
};

function checkUpdate({ message, standing }: Found, change: MessageChange): void {
  const { text: newText, payload: newPayload, mentionUserIds } = change;
  const edits = newText !== undefined || newPayload !== undefined || mentionUserIds !== undefined;
  if (edits && message.senderId !== change.actor.id) {
    const problem = "a message is edited by its sender alone: delete it, if you may";
    throw new ChatError("NOT_PERMITTED", problem);
  }
  const needed: readonly Permission[] = [
    ...(edits ? (["edit-own"] as const) : []),
    ...(change.pinned === undefined ? [] : (["pin"] as const)),
  ];
  requirePermissions(change, standing, needed);
  if (message.deleted) throw new ChatError("MESSAGE_DELETED", `message ${message.seq} has been deleted`);
  if (change.expectedRevision !== 0 && change.expectedRevision !== message.revision) {
    const problem = `message ${message.seq} has changed since revision ${change.expectedRevision}: it is at ${message.revision}`;
    throw new ChatError("EDIT_CONFLICT", problem);
  }
  const { text, payload } = { ...message.content, ...changedContent(message.content, change) };
  if (text === "" && payload === null) {
    const field = change.text === undefined ? "message.payload" : "message.text";
    throw new ChatError("TEXT_EMPTY", `${field} is empty: a message needs text or a payload`, { field });
  }
}

/** The fields of the content that a change sets to another value. */
function changedContent(
  before: MessageContent,
  { text, payload, pinned, mentionUserIds }: MessageChange,
): Partial<MessageContent> {
  const hasOtherPayload =
    payload !== undefined && !(payload === null ? before.payload === null : payload.equals(before.payload));
  // Each is mentioned once, and in no order.
  const hasOtherMentions =
    mentionUserIds !== undefined &&
    (mentionUserIds.length !== before.mentionUserIds.length ||
      mentionUserIds.some((userId) => !before.mentionUserIds.includes(userId)));
  return {
    ...(text !== undefined && text !== before.text && { text }),
    ...(hasOtherPayload && { payload }),
    ...(pinned !== undefined && pinned !== before.pinned && { pinned }),
    ...(hasOtherMentions && { mentionUserIds }),
  };
}
