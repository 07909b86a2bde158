import { type Kysely, sql, type Transaction } from "kysely";
import type { RoomChange } from "../../domain/changes.ts";
import { readableFrom } from "../../domain/decide.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import { stateNow } from "../../domain/membership.ts";
import { messageNow } from "../../domain/message-now.ts";
import type { Member, Room, RoomView } from "../../domain/rooms.ts";
import type { FeedRoom, FeedStore, RoomChanges, RoomCursor } from "../port/feeds.ts";
import type { Schema } from "../schema.ts";
import { selectMessages, toMessage } from "./message-rows.ts";
import { memberColumns, roomColumns, selectMembers, toMember, toRoom } from "./room-rows.ts";
import { selectViews, toViews } from "./room-views.ts";

/** Who is further behind than this is given a snapshot instead. */
const MAX_REVISIONS_BEHIND = 10_000;

export async function listFeedRooms(
  db: Kysely<Schema>,
  { userId, nowMs }: Parameters<FeedStore["listFeedRooms"]>[0],
): Promise<readonly FeedRoom[]> {
  const rows = await db
    .selectFrom("members")
    .innerJoin("rooms", "rooms.id", "members.room_id")
    .select(["members.room_id", "members.state"])
    .where("members.user_id", "=", userId)
    .where("members.state", "in", ["joined", "invited", "knocking"])
    .where((where) =>
      where.or([where("members.expires_at", "is", null), where("members.expires_at", ">", nowMs)]),
    )
    .where("rooms.state", "=", "active")
    .execute();
  return rows.map((row) => ({ roomId: row.room_id as RoomId, isJoined: row.state === "joined" }));
}

export async function readSnapshots(
  db: Kysely<Schema>,
  { actor, roomIds, nowMs }: Parameters<FeedStore["readSnapshots"]>[0],
): Promise<readonly RoomView[]> {
  if (roomIds.length === 0) return [];
  return db.transaction().execute(async (trx) => {
    const rows = await selectViews(trx, actor.id)
      .where("rooms.id", "in", [...roomIds])
      .where("rooms.state", "=", "active")
      .execute();
    const views = await toViews(trx, rows, { actor, nowMs });
    return views.filter(({ self }) => {
      const state = stateNow(self, nowMs);
      return state === "joined" || state === "invited" || state === "knocking";
    });
  });
}

/** A room whose changes after one revision, up to another, are read. */
interface Span {
  readonly room: Room;
  readonly self: Member;
  readonly from: number;
  readonly to: number;
  readonly changedRevision: number;
  readonly sightRevision: number;
  readonly erasedRevision: number;
}

export async function readChanges(
  db: Kysely<Schema>,
  { actor, cursors, limit, nowMs }: Parameters<FeedStore["readChanges"]>[0],
): Promise<readonly RoomChanges[]> {
  return db.transaction().execute(async (trx) => {
    const rooms = await readRooms(trx, actor.id, cursors);
    const found: RoomChanges[] = [];
    const spans: Span[] = [];
    let left = limit;
    for (const { roomId, revision } of cursors) {
      const known = rooms.get(roomId);
      if (known?.room.state !== "active" || stateNow(known.self, nowMs) !== "joined") {
        found.push({ kind: "lost", roomId });
        continue;
      }
      const behind = known.room.revision - revision;
      if (behind < 0) found.push({ kind: "ahead", roomId });
      else if (behind > MAX_REVISIONS_BEHIND) {
        found.push({ kind: "too-far", roomId, revision: known.room.revision });
      } else if (Math.max(known.self.revision, known.sightRevision) > revision) {
        found.push({ kind: "sight-changed", roomId });
      } else if (behind === 0 || left > 0) {
        const read = Math.min(behind, left);
        left -= read;
        spans.push({ ...known, from: revision, to: revision + read });
      }
    }
    const changes = await readSpans(trx, spans, nowMs);
    for (const span of spans) {
      const { room, self, from, to, erasedRevision } = span;
      const firstSeq = readableFrom(actor, { room, membership: self }, nowMs);
      const readable = (changes.get(room.id) ?? []).filter(
        ({ change }) => change.kind !== "message" || change.message.seq >= firstSeq,
      );
      found.push({
        kind: "changes",
        roomId: room.id,
        changes: readable.sort((one, other) => one.revision - other.revision),
        revision: to,
        isComplete: to === room.revision,
        erasedRevision: erasedRevision > from ? erasedRevision : 0,
        room,
        self,
      });
    }
    return found;
  });
}

async function readRooms(trx: Transaction<Schema>, userId: UserId, cursors: readonly RoomCursor[]) {
  const roomIds = cursors.map(({ roomId }) => roomId);
  const rooms = new Map<RoomId, Omit<Span, "from" | "to">>();
  if (roomIds.length === 0) return rooms;
  const members = await selectMembers(trx)
    .where("members.user_id", "=", userId)
    .where("members.room_id", "in", roomIds)
    .execute();
  const selves = new Map(members.map((row) => [row.room_id, toMember(row)]));
  const rows = await trx
    .selectFrom("rooms")
    .select([...roomColumns, "rooms.changed_revision", "rooms.sight_revision", "rooms.erased_revision"])
    .where("id", "in", roomIds)
    .execute();
  for (const row of rows) {
    const self = selves.get(row.id);
    if (!self) continue;
    rooms.set(row.id as RoomId, {
      room: toRoom(row),
      self,
      changedRevision: Number(row.changed_revision),
      sightRevision: Number(row.sight_revision),
      erasedRevision: Number(row.erased_revision),
    });
  }
  return rooms;
}

/** All changes of all spans, with one query for each kind of them. */
async function readSpans(
  trx: Transaction<Schema>,
  spans: readonly Span[],
  nowMs: number,
): Promise<ReadonlyMap<RoomId, RoomChange[]>> {
  const changes = new Map<RoomId, RoomChange[]>(spans.map(({ room }) => [room.id, []]));
  const add = (change: RoomChange): void => void changes.get(change.roomId)?.push(change);
  for (const { room, changedRevision: revision, from, to } of spans) {
    if (revision <= from || revision > to) continue;
    add({ roomId: room.id, revision, actorId: "", atMs: room.updatedAtMs, change: { kind: "room", room } });
  }
  const moved = spans.filter(({ from, to }) => to > from);
  if (moved.length === 0) return changes;
  const messages = await selectMessages(trx)
    .innerJoin(spanTable(moved), (join) =>
      join
        .onRef("messages.room_id", "=", "spans.column1")
        .onRef("messages.revision", ">", "spans.column2")
        .onRef("messages.revision", "<=", "spans.column3"),
    )
    .execute();
  for (const row of messages) {
    const message = messageNow(toMessage(row), nowMs);
    const { roomId, revision, updatedAtMs, createdAtMs } = message;
    const actorId = updatedAtMs === createdAtMs && !message.deleted ? message.senderId : "";
    add({ roomId, revision, actorId, atMs: updatedAtMs, change: { kind: "message", message } });
  }
  const members = await trx
    .selectFrom("members")
    .innerJoin(spanTable(moved), (join) =>
      join
        .onRef("members.room_id", "=", "spans.column1")
        .onRef("members.revision", ">", "spans.column2")
        .onRef("members.revision", "<=", "spans.column3"),
    )
    .select([...memberColumns, "members.updated_at"])
    .execute();
  for (const row of members) {
    const member = toMember(row);
    const { roomId, revision } = member;
    add({ roomId, revision, actorId: "", atMs: Number(row.updated_at), change: { kind: "member", member } });
  }
  return changes;
}

/** The spans as a table of their own: `column1` is the room, the others the revisions that it lies between. */
function spanTable(spans: readonly Span[]) {
  const values = sql.join(spans.map(({ room, from, to }) => sql`(${room.id}, ${from}, ${to})`));
  return sql<{ column1: string; column2: number; column3: number }>`(values ${values})`.as("spans");
}
