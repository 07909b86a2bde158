import type { Kysely } from "kysely";
import type { ActorNow } from "../../../domain/access/ask.ts";
import { decide } from "../../../domain/access/decide.ts";
import { requireAllowed } from "../../../domain/access/decisions.ts";
import type { AccessObject, Action, LastPost } from "../../../domain/access/room-access.ts";
import type { RoomId, UserId } from "../../../domain/ids.ts";
import { reachOf } from "../../../domain/rooms/direct.ts";
import type { Member, Room } from "../../../domain/rooms/room.ts";
import { standsAt } from "../../tables/messages.ts";
import { selectRooms, toRoom } from "../../tables/rooms.ts";
import type { Schema } from "../../tables/schema.ts";
import { readMember } from "../members/records.ts";
import { readPeers } from "./direct-peers.ts";

/** A room and how an actor stands with it, as it is in this transaction. */
export interface Standing extends AccessObject {
  readonly room: Room | null;
  readonly membership: Member | null;
}

interface Admitted extends Standing {
  readonly room: Room;
}

/** The room in which an actor may do something. @throws ChatError with the reason why not */
export async function admit(
  db: Kysely<Schema>,
  { actor, roomId, nowMs }: ActorNow & { roomId: RoomId },
  action: Action,
): Promise<Admitted> {
  const standing = await readStanding(db, { actor, roomId, nowMs });
  requireAllowed(decide(actor, action, standing, nowMs));
  const { room } = standing;
  if (!room) throw new Error(`the rules let somebody into room ${roomId}, which does not exist`);
  return { ...standing, room };
}

/** All that `decide` asks about, but for the room's pace: see `readLastPost`. */
export async function readStanding(
  db: Kysely<Schema>,
  { actor, roomId, nowMs }: ActorNow & { roomId: RoomId },
): Promise<Standing> {
  const row = await selectRooms(db).where("rooms.id", "=", roomId).executeTakeFirst();
  const room = row ? toRoom(row) : null;
  if (!room) return { room: null, membership: null, lastPost: null, reach: "someone" };
  const membership = await readMember(db, roomId, actor.id);
  if (room.kind !== "direct") return { room, membership, lastPost: null, reach: "someone" };
  const query = { actorId: actor.id, roomId, userIds: room.directUserIds, nowMs };
  const reach = reachOf(actor, await readPeers(db, query), nowMs);
  return { room, membership, lastPost: null, reach };
}

/** Reads the time of a member's newest message, for slow mode, and the likes of the newest that still stands. */
export async function readLastPost(
  db: Kysely<Schema>,
  { userId, roomId, nowMs }: { readonly userId: UserId; readonly roomId: RoomId; readonly nowMs: number },
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
  const notDeleted = await own.where("deleted", "=", 0).where(standsAt(nowMs)).executeTakeFirst();
  if (!notDeleted) return { atMs: Number(newest.created_at), likes: Number.POSITIVE_INFINITY };
  const likes = await db
    .selectFrom("reactions")
    .select((select) => select.fn.count("user_id").distinct().as("likes"))
    .where("room_id", "=", roomId)
    .where("seq", "=", notDeleted.seq)
    .where("user_id", "!=", userId)
    .executeTakeFirstOrThrow();
  return { atMs: Number(newest.created_at), likes: Number(likes.likes) };
}
