import type { Transaction } from "kysely";
import { requireAllowed } from "../../../domain/access/decisions.ts";
import { ChatError } from "../../../domain/errors.ts";
import type { RoomId } from "../../../domain/ids.ts";
import type { ReactionCount } from "../../../domain/messages/content.ts";
import type { Message } from "../../../domain/messages/message.ts";
import { decideReaction } from "../../../domain/users/blocks.ts";
import type { ReactionOfActor } from "../../port/messages.ts";
import { toContentRow } from "../../tables/messages.ts";
import type { Schema } from "../../tables/schema.ts";
import { appendAudit } from "../admin/audit.ts";
import type { Operation } from "../operation.ts";
import { nextRevision } from "../rooms/writes.ts";
import { hasBlocked } from "../users/blocks.ts";
import { findReadable, requirePermissions } from "./access.ts";
import { seenBy, unchanged } from "./seen.ts";

const MAX_EMOJI_OF_A_MESSAGE = 50;
const MAX_EMOJI_OF_A_MEMBER = 10;

/** The message's row has the counts, `reactions` who gave them. */
export const setReaction: Operation<"setReaction"> = async (trx, reaction) => {
  const { message: before, standing } = await findReadable(trx, reaction);
  requirePermissions(reaction, standing, ["react"]);
  if (before.deleted) throw new ChatError("MESSAGE_DELETED", `message ${before.seq} has been deleted`);
  if (!reaction.removed) {
    await requireEmojiFits(trx, before, reaction);
    await requireWelcome(trx, before, reaction);
  }
  if (!(await writeReaction(trx, reaction))) return unchanged(trx, reaction, before);

  const { actor, roomId, seq, emoji, removed, nowMs } = reaction;
  const reactions = recount(before.content.reactions, { emoji, by: removed ? -1 : 1 });
  const revision = await putCounts(trx, { roomId, seq, reactions });
  const told = { kind: "reaction", seq, emoji, removed, userId: actor.id } as const;
  return {
    changes: [{ roomId, revision, actorId: actor.id, atMs: nowMs, change: told }],
    ...(await seenBy(trx, actor.id, { ...before, revision, content: { ...before.content, reactions } })),
  };
};

/** Leaves nothing to see of reactions that a moderator doesn't want. */
export const removeReactions: Operation<"removeReactions"> = async (trx, removal) => {
  const { message: before, standing } = await findReadable(trx, removal);
  requirePermissions(removal, standing, ["delete-any"]);
  if (before.deleted) throw new ChatError("MESSAGE_DELETED", `message ${before.seq} has been deleted`);
  const { actor, roomId, seq, emoji, userId, audit, nowMs } = removal;
  let taken = trx
    .deleteFrom("reactions")
    .where("room_id", "=", roomId)
    .where("seq", "=", seq)
    .where("emoji", "=", emoji);
  if (userId !== "") taken = taken.where("user_id", "=", userId);
  const { numDeletedRows } = await taken.executeTakeFirst();
  if (numDeletedRows === 0n) return unchanged(trx, removal, before);

  const reactions = recount(before.content.reactions, { emoji, by: -Number(numDeletedRows) });
  const revision = await putCounts(trx, { roomId, seq, reactions });
  await appendAudit(trx, audit);
  const told = { kind: "reaction", seq, emoji, removed: true, userId } as const;
  return {
    changes: [{ roomId, revision, actorId: actor.id, atMs: nowMs, change: told }],
    ...(await seenBy(trx, actor.id, { ...before, revision, content: { ...before.content, reactions } })),
  };
};

/** @throws ChatError NOT_PERMITTED when the message's sender has blocked the actor */
async function requireWelcome(
  trx: Transaction<Schema>,
  { senderId }: Message,
  { actor, nowMs }: ReactionOfActor,
): Promise<void> {
  const isBlocked = await hasBlocked(trx, { userId: senderId, otherId: actor.id });
  requireAllowed(decideReaction({ giver: actor, isBlocked }, nowMs));
}

/** Stores how often a message has been reacted to, as a change of its room, and gives the revision. */
export async function putCounts(
  trx: Transaction<Schema>,
  { roomId, seq, reactions }: { roomId: RoomId; seq: number; reactions: readonly ReactionCount[] },
): Promise<number> {
  const revision = await nextRevision(trx, roomId);
  await trx
    .updateTable("messages")
    .set({ ...toContentRow({ reactions }), revision })
    .where("room_id", "=", roomId)
    .where("seq", "=", seq)
    .execute();
  return revision;
}

/** @throws ChatError FIELD_INVALID for one kind too many, on the message or of the actor's */
async function requireEmojiFits(
  trx: Transaction<Schema>,
  { content }: Message,
  { actor, roomId, seq, emoji }: ReactionOfActor,
): Promise<void> {
  const kinds = content.reactions.map((reaction) => reaction.emoji);
  if (kinds.length >= MAX_EMOJI_OF_A_MESSAGE && !kinds.includes(emoji)) {
    throw tooManyEmoji(`this message has ${MAX_EMOJI_OF_A_MESSAGE} different emoji already`);
  }
  if (kinds.length < MAX_EMOJI_OF_A_MEMBER) return;
  const own = await trx
    .selectFrom("reactions")
    .select("emoji")
    .where("room_id", "=", roomId)
    .where("seq", "=", seq)
    // By kind, of which there are few, and not by all who have reacted.
    .where("emoji", "in", kinds)
    .where("user_id", "=", actor.id)
    .execute();
  if (own.length < MAX_EMOJI_OF_A_MEMBER || own.some((row) => row.emoji === emoji)) return;
  throw tooManyEmoji(`you have put ${MAX_EMOJI_OF_A_MEMBER} different emoji on this message`);
}

function tooManyEmoji(problem: string): ChatError {
  return new ChatError("FIELD_INVALID", `${problem}: choose one of them`, { field: "emoji" });
}

/** Stores a reaction, or removes it. False when that changed nothing. */
async function writeReaction(
  trx: Transaction<Schema>,
  { actor, roomId, seq, emoji, removed, nowMs }: ReactionOfActor,
): Promise<boolean> {
  if (removed) {
    const { numDeletedRows } = await trx
      .deleteFrom("reactions")
      .where("room_id", "=", roomId)
      .where("seq", "=", seq)
      .where("emoji", "=", emoji)
      .where("user_id", "=", actor.id)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto("reactions")
    .values({ room_id: roomId, seq, emoji, user_id: actor.id, created_at: nowMs })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** The counts after some reactions more, or less, in the order in which each emoji was first used. */
export function recount(
  reactions: readonly ReactionCount[],
  { emoji, by }: { readonly emoji: string; readonly by: number },
): readonly ReactionCount[] {
  if (by > 0 && !reactions.some((reaction) => reaction.emoji === emoji)) {
    return [...reactions, { emoji, count: by }];
  }
  return reactions
    .map((reaction) => (reaction.emoji === emoji ? { emoji, count: reaction.count + by } : reaction))
    .filter(({ count }) => count > 0);
}
