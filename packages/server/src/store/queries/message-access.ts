import type { Kysely } from "kysely";
import { decide } from "../../domain/decide.ts";
import { messageNow } from "../../domain/message-now.ts";
import type { Message } from "../../domain/messages.ts";
import type { Permission } from "../../domain/permissions.ts";
import { firstReadableSeq } from "../../domain/room-access.ts";
import type { Member, Room } from "../../domain/rooms.ts";
import type { MessageQuery } from "../port/messages.ts";
import type { Refused } from "../port/outcomes.ts";
import type { Schema } from "../schema.ts";
import { selectMessages, toMessage } from "./message-rows.ts";
import { readStanding, type Standing, toRefused } from "./room-access.ts";
import { refused } from "./undoable.ts";

/** A message that an actor may read, and how they stand with its room: all that further rules ask about. */
export interface Found {
  readonly kind: "found";
  readonly message: Message;
  readonly standing: Standing;
}

/** Finds a message for whoever may read its room. */
export async function findReadable(db: Kysely<Schema>, query: MessageQuery): Promise<Found | Refused> {
  const standing = await readStanding(db, query.actor.id, query.roomId);
  const decision = decide(query.actor, "read", standing, query.nowMs);
  return decision.allowed ? findIn(db, query, standing) : toRefused(decision);
}

/** Finds a message in a room, for whoever has been let in. What came before one's time is not there. */
export async function findIn(
  db: Kysely<Schema>,
  { roomId, seq, nowMs }: MessageQuery,
  standing: Standing,
): Promise<Found | Refused> {
  const { room, membership } = standing;
  const row =
    room && seq >= firstSeqFor(room, membership)
      ? await selectMessages(db)
          .where("messages.room_id", "=", roomId)
          .where("messages.seq", "=", seq)
          .executeTakeFirst()
      : undefined;
  if (!row) {
    return refused("MESSAGE_NOT_FOUND", `there is no message ${seq} in this room`);
  }
  return { kind: "found", message: messageNow(toMessage(row), nowMs), standing };
}

/** The oldest message of a room that can be given to someone who may read it. */
export function firstSeqFor(room: Room, membership: Member | null): number {
  return Math.max(room.firstSeq, firstReadableSeq(room, membership));
}

export function firstDenied(
  { actor, nowMs }: Pick<MessageQuery, "actor" | "nowMs">,
  standing: Standing,
  needed: readonly Permission[],
): Refused | null {
  for (const permission of needed) {
    const decision = decide(actor, permission, standing, nowMs);
    if (!decision.allowed) return toRefused(decision);
  }
  return null;
}
