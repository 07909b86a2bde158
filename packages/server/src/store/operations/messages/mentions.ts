import type { Transaction } from "kysely";
import { decide } from "../../../domain/access/decide.ts";
import { requireAllowed } from "../../../domain/access/decisions.ts";
import { stateNow } from "../../../domain/members/membership.ts";
import { MENTION_ALL } from "../../../domain/messages/content.ts";
import { mentionNotMember } from "../../../domain/messages/fields.ts";
import type { MessagePlace } from "../../../domain/messages/message.ts";
import type { MessageChange } from "../../port/messages.ts";
import { selectMembers, toMember } from "../../tables/members.ts";
import type { Schema } from "../../tables/schema.ts";
import type { Found } from "./access.ts";

const FIELD = "message.mention_user_ids";

/**
 * Goes on if the actor may mention whom an edit mentions anew. Those whom the message mentions already may stay, also when
 * they have left.
 *
 * @throws ChatError MENTION_NOT_MEMBER, or why not all may be mentioned
 */
export async function checkMentions(
  trx: Transaction<Schema>,
  { message, standing }: Found,
  { actor, roomId, mentionUserIds = [], nowMs }: MessageChange,
): Promise<void> {
  const known = new Set(message.content.mentionUserIds);
  const added = mentionUserIds.filter((userId) => !known.has(userId));
  if (added.includes(MENTION_ALL)) requireAllowed(decide(actor, "mention-all", standing, nowMs), FIELD);
  const userIds = added.filter((userId) => userId !== MENTION_ALL);
  if (userIds.length === 0) return;
  const rows = await selectMembers(trx)
    .where("members.room_id", "=", roomId)
    .where("members.user_id", "in", userIds)
    .execute();
  const joined = new Set<string>(
    rows
      .map(toMember)
      .filter((member) => stateNow(member, nowMs) === "joined")
      .map(({ userId }) => userId),
  );
  const stranger = userIds.find((userId) => !joined.has(userId));
  if (stranger !== undefined) throw mentionNotMember(stranger, FIELD);
}

/** Stores whom an edited message mentions, for counting. The message's row has them too. */
export async function putMentions(
  trx: Transaction<Schema>,
  { roomId, seq }: MessagePlace,
  { before, after }: { readonly before: readonly string[]; readonly after: readonly string[] },
): Promise<void> {
  const dropped = before.filter((userId) => !after.includes(userId));
  const added = after.filter((userId) => !before.includes(userId));
  if (dropped.length > 0) {
    await trx
      .deleteFrom("mentions")
      .where("room_id", "=", roomId)
      .where("seq", "=", seq)
      .where("user_id", "in", dropped)
      .execute();
  }
  if (added.length > 0) {
    const rows = added.map((userId) => ({ user_id: userId, room_id: roomId, seq }));
    await trx.insertInto("mentions").values(rows).execute();
  }
}
