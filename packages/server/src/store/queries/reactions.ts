import type { Kysely, Transaction } from "kysely";
import type { RoomId } from "../../domain/ids.ts";
import type { Message, ReactionCount } from "../../domain/messages.ts";
import type { ReactionOfActor, SeenMessage } from "../port/messages.ts";
import type { Outcome, Refused } from "../port/outcomes.ts";
import type { Schema } from "../schema.ts";
import { findReadable, firstDenied } from "./message-access.ts";
import { nextRevision } from "./room-writes.ts";
import { seenBy, unchanged } from "./seen-messages.ts";
import { refused } from "./undoable.ts";

const MAX_EMOJI_OF_A_MESSAGE = 50;

/** See `MessageStore.setReaction`. The message's row has the counts, `reactions` who gave them. */
export async function setReaction(
  db: Kysely<Schema>,
  reaction: ReactionOfActor,
): Promise<Outcome<SeenMessage>> {
  return db.transaction().execute(async (trx) => {
    const found = await findReadable(trx, reaction);
    if (found.kind === "refused") return found;
    const denied = firstDenied(reaction, found.standing, ["react"]);
    if (denied) return denied;
    const before = found.message;
    if (before.deleted) return refused("MESSAGE_DELETED", `message ${before.seq} has been deleted`);
    const tooMany = refuseOneMore(before, reaction);
    if (tooMany) return tooMany;
    if (!(await writeReaction(trx, reaction))) return unchanged(trx, reaction, before);

    const { actor, roomId, seq, emoji, removed, nowMs } = reaction;
    const reactions = recount(before.reactions, reaction);
    const revision = await putCounts(trx, { roomId, seq, reactions });
    const told = { kind: "reaction", seq, emoji, removed } as const;
    return {
      kind: "done",
      changes: [{ roomId, revision, actorId: actor.id, atMs: nowMs, change: told }],
      ...(await seenBy(trx, actor.id, { ...before, reactions, revision })),
    };
  });
}

/** Stores how often a message has been reacted to, as a change of its room, and gives the revision. */
export async function putCounts(
  trx: Transaction<Schema>,
  { roomId, seq, reactions }: { roomId: RoomId; seq: number; reactions: readonly ReactionCount[] },
): Promise<number> {
  const revision = await nextRevision(trx, roomId);
  await trx
    .updateTable("messages")
    .set({ reactions: JSON.stringify(reactions), revision })
    .where("room_id", "=", roomId)
    .where("seq", "=", seq)
    .execute();
  return revision;
}

function refuseOneMore({ reactions }: Message, { emoji, removed }: ReactionOfActor): Refused | null {
  if (removed || reactions.length < MAX_EMOJI_OF_A_MESSAGE) return null;
  if (reactions.some((reaction) => reaction.emoji === emoji)) return null;
  const message = `this message has ${MAX_EMOJI_OF_A_MESSAGE} different emoji already: choose one of them`;
  return refused("FIELD_INVALID", message, "emoji");
}

/** Whether that has changed anything. */
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

/** In the order in which each emoji was first used. */
/** The counts after one reaction more, or less. */
export function recount(
  reactions: readonly ReactionCount[],
  { emoji, removed }: Pick<ReactionOfActor, "emoji" | "removed">,
): readonly ReactionCount[] {
  if (!removed && !reactions.some((reaction) => reaction.emoji === emoji)) {
    return [...reactions, { emoji, count: 1 }];
  }
  return reactions
    .map((reaction) =>
      reaction.emoji === emoji ? { emoji, count: reaction.count + (removed ? -1 : 1) } : reaction,
    )
    .filter(({ count }) => count > 0);
}
