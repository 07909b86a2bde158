import type { Kysely } from "kysely";
import { decide } from "../../../domain/access/decide.ts";
import { requireAllowed } from "../../../domain/access/decisions.ts";
import type { Permission } from "../../../domain/access/permissions.ts";
import { firstReadableSeq } from "../../../domain/access/room-access.ts";
import { ChatError } from "../../../domain/errors.ts";
import { type Message, messageNow } from "../../../domain/messages/message.ts";
import type { Member, Room } from "../../../domain/rooms/room.ts";
import type { MessageQuery } from "../../port/messages.ts";
import { selectMessages, toMessage } from "../../tables/messages.ts";
import type { Schema } from "../../tables/schema.ts";
import { readStanding, type Standing } from "../rooms/access.ts";

/** A message that an actor may read, and how they stand with its room: all that further rules ask about. */
export interface Found {
  readonly message: Message;
  readonly standing: Standing;
}

/** Finds a message for an actor who may read its room. @throws ChatError MESSAGE_NOT_FOUND, or why they may not */
export async function findReadable(db: Kysely<Schema>, query: MessageQuery): Promise<Found> {
  const standing = await readStanding(db, query);
  requireAllowed(decide(query.actor, "read", standing, query.nowMs));
  return findIn(db, query, standing);
}

/**
 * Finds a message in a room that an actor has been let into. Messages from before their time there are not found.
 *
 * @throws ChatError MESSAGE_NOT_FOUND
 */
export async function findIn(
  db: Kysely<Schema>,
  { roomId, seq, nowMs }: MessageQuery,
  standing: Standing,
): Promise<Found> {
  const { room, membership } = standing;
  const row =
    room && seq >= firstSeqFor(room, membership)
      ? await selectMessages(db)
          .where("messages.room_id", "=", roomId)
          .where("messages.seq", "=", seq)
          .executeTakeFirst()
      : undefined;
  if (!row) throw new ChatError("MESSAGE_NOT_FOUND", `there is no message ${seq} in this room`);
  return { message: messageNow(toMessage(row), nowMs), standing };
}

/** The oldest message of a room that can be given to someone who may read it. */
export function firstSeqFor(room: Room, membership: Member | null): number {
  return Math.max(room.firstSeq, firstReadableSeq(room, membership));
}

/** Goes on if the actor has all of these permissions. @throws ChatError for the first that they don't have */
export function requirePermissions(
  { actor, nowMs }: Pick<MessageQuery, "actor" | "nowMs">,
  standing: Standing,
  needed: readonly Permission[],
): void {
  for (const permission of needed) requireAllowed(decide(actor, permission, standing, nowMs));
}
