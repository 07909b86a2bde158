import { type Kysely, sql, type Transaction } from "kysely";
import type { UserId } from "../../../domain/ids.ts";
import type { Message } from "../../../domain/messages/message.ts";
import type { Changed } from "../../port/changed.ts";
import type { MessageQuery, SeenMessage } from "../../port/messages.ts";
import type { Schema } from "../../tables/schema.ts";

export async function seenBy(db: Kysely<Schema>, userId: UserId, message: Message): Promise<SeenMessage> {
  const [seen] = await allSeenBy(db, userId, [message]);
  return seen ?? { message, ownEmoji: [] };
}

/** Messages with the reactions that one person has given to each, read with one query. */
export async function allSeenBy(
  db: Kysely<Schema>,
  userId: UserId,
  messages: readonly Message[],
): Promise<readonly SeenMessage[]> {
  const reactedTo = messages.filter(({ content }) => content.reactions.length > 0);
  if (reactedTo.length === 0) return messages.map((message) => ({ message, ownEmoji: [] }));
  const places = sql.join(
    reactedTo.map(({ roomId, seq }) => sql`(cast(${roomId} as text), cast(${seq} as bigint))`),
  );
  const rows = await db
    .selectFrom("reactions")
    .select(["room_id", "seq", "emoji"])
    // By place, of which there are few, and never by person, who may have reacted to anything: an index has no such value.
    .where(sql<boolean>`(room_id, seq) in (values ${places}) and user_id || '' = ${userId}`)
    .execute();
  const own = Map.groupBy(rows, (row) => placeKey(row.room_id, Number(row.seq)));
  return messages.map((message) => ({
    message,
    ownEmoji: (own.get(placeKey(message.roomId, message.seq)) ?? []).map(({ emoji }) => emoji),
  }));
}

/** The result of a change that found everything as it should become. */
export async function unchanged(
  trx: Transaction<Schema>,
  { actor }: Pick<MessageQuery, "actor">,
  message: Message,
): Promise<SeenMessage & Changed> {
  return { changes: [], ...(await seenBy(trx, actor.id, message)) };
}

function placeKey(roomId: string, seq: number): string {
  return `${seq} ${roomId}`;
}
