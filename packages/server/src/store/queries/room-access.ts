import type { Kysely } from "kysely";
import { type AccessDecision, decide } from "../../domain/decide.ts";
import type { Refusal } from "../../domain/decisions.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { AccessObject, Action, LastPost } from "../../domain/room-access.ts";
import type { Member, Room } from "../../domain/rooms.ts";
import type { Actor, Refused } from "../port/outcomes.ts";
import type { Schema } from "../schema.ts";
import { selectMembers, selectRooms, toMember, toRoom } from "./room-rows.ts";

/** A room and how an actor stands with it, as it is in this transaction. */
export interface Standing extends AccessObject {
  readonly room: Room | null;
  readonly membership: Member | null;
}

interface Allowed {
  readonly kind: "allowed";
  readonly room: Room;
  readonly membership: Member | null;
}

/** Whether an actor may do something in a room, and with it the room. */
export async function admit(
  db: Kysely<Schema>,
  { actor, roomId, nowMs }: { actor: Actor; roomId: RoomId; nowMs: number },
  action: Action,
): Promise<Allowed | Refused> {
  const standing = await readStanding(db, actor.id, roomId);
  const decision = decide(actor, action, standing, nowMs);
  const { room, membership } = standing;
  if (!decision.allowed || !room) return toRefused(decision);
  return { kind: "allowed", room, membership };
}

/** All that `decide` asks about, but for the room's pace: see `readLastPost`. */
export async function readStanding(db: Kysely<Schema>, userId: UserId, roomId: RoomId): Promise<Standing> {
  const row = await selectRooms(db).where("rooms.id", "=", roomId).executeTakeFirst();
  const room = row ? toRoom(row) : null;
  const membership = room ? await readMember(db, roomId, userId) : null;
  const isBlocked = room?.kind === "direct" && (await isBlockedIn(db, userId, roomId));
  return { room, membership, lastPost: null, isBlocked };
}

export async function readMember(db: Kysely<Schema>, roomId: RoomId, userId: UserId): Promise<Member | null> {
  const row = await selectMembers(db)
    .where("members.room_id", "=", roomId)
    .where("members.user_id", "=", userId)
    .executeTakeFirst();
  return row ? toMember(row) : null;
}

/** Whether anyone in a room has blocked that user. */
export async function isBlockedIn(db: Kysely<Schema>, userId: UserId, roomId: RoomId): Promise<boolean> {
  const blocker = await db
    .selectFrom("members")
    .innerJoin("relationships", "relationships.user_id", "members.user_id")
    .select("members.user_id")
    .where("members.room_id", "=", roomId)
    .where("members.state", "=", "joined")
    .where("relationships.other_id", "=", userId)
    .where("relationships.blocked", "=", 1)
    .limit(1)
    .executeTakeFirst();
  return blocker !== undefined;
}

/** A member's newest message, for slow mode, and the reactions of others to the newest that still stands. */
export async function readLastPost(
  db: Kysely<Schema>,
  userId: UserId,
  roomId: RoomId,
): Promise<LastPost | null> {
  const own = db
    .selectFrom("messages")
    .select(["seq", "created_at"])
    .where("sender_id", "=", userId)
    .where("room_id", "=", roomId)
    .orderBy("seq", "desc")
    .limit(1);
  const newest = await own.executeTakeFirst();
  if (!newest) return null;
  const standing = await own.where("deleted", "=", 0).executeTakeFirst();
  if (!standing) return { atMs: Number(newest.created_at), likes: Number.POSITIVE_INFINITY };
  const likes = await db
    .selectFrom("reactions")
    .select((select) => select.fn.count("user_id").distinct().as("likes"))
    .where("room_id", "=", roomId)
    .where("seq", "=", standing.seq)
    .where("user_id", "!=", userId)
    .executeTakeFirstOrThrow();
  return { atMs: Number(newest.created_at), likes: Number(likes.likes) };
}

/** A rule's refusal as an operation's outcome. */
export function toRefused(decision: AccessDecision | Refusal): Refused {
  if (decision.allowed) throw new Error("an allowance was taken for a refusal");
  const { reason, explanation, retryAfterMs } = decision;
  return {
    kind: "refused",
    reason,
    message: explanation,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}
