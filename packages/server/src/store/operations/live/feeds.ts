import { type Kysely, sql } from "kysely";
import { readableFrom } from "../../../domain/access/decide.ts";
import type { RoomId, UserId } from "../../../domain/ids.ts";
import type { RoomChange } from "../../../domain/live/changes.ts";
import { stateNow } from "../../../domain/members/membership.ts";
import { messageNow } from "../../../domain/messages/message.ts";
import type { Member, Room } from "../../../domain/rooms/room.ts";
import type { RoomChanges, RoomCursor } from "../../port/live.ts";
import { memberColumns, selectMembers, toMember } from "../../tables/members.ts";
import { selectMessages, toMessage } from "../../tables/messages.ts";
import { roomColumns, toRoom } from "../../tables/rooms.ts";
import type { Schema } from "../../tables/schema.ts";
import type { Operation } from "../operation.ts";
import { selectViews, toViews } from "../rooms/views.ts";

/** A stream that is further behind gets a snapshot instead. */
const MAX_REVISIONS_BEHIND = 10_000;
/** Bounds everything of a change but a message's text and payload. */
const CHANGE_BYTES = 256;

export const listFeedRooms: Operation<"listFeedRooms"> = async (db, { userId, nowMs }) => {
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
};

export const listRemovals: Operation<"listRemovals"> = async (db, { userId, roomIds }) => {
  if (roomIds.length === 0) return [];
  const rows = await db
    .selectFrom("members")
    .select([...memberColumns, "members.updated_at"])
    .where("user_id", "=", userId)
    .where("room_id", "in", roomIds)
    .where("removed_for", "is not", null)
    .execute();
  return rows.map(toMemberChange);
};

export const readSnapshots: Operation<"readSnapshots"> = async (db, { actor, roomIds, nowMs }) => {
  if (roomIds.length === 0) return [];
  const rows = await selectViews(db, { actor, nowMs })
    .where("rooms.id", "in", [...roomIds])
    .where("rooms.state", "=", "active")
    .execute();
  const views = await toViews(db, rows, { actor, nowMs });
  return views.filter(({ self }) => {
    const state = stateNow(self, nowMs);
    return state === "joined" || state === "invited" || state === "knocking";
  });
};

/** A room whose changes after one revision, up to another, are read. */
interface Span {
  readonly room: Room;
  readonly self: Member;
  readonly from: number;
  readonly to: number;
  readonly changedRevision: number;
  readonly visibilityRevision: number;
  readonly erasedRevision: number;
}

export const readChanges: Operation<"readChanges"> = async (
  db,
  { actor, cursors, limit, maxBytes, nowMs },
) => {
  const rooms = await readRooms(db, actor.id, cursors);
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
    } else if (Math.max(known.self.revision, known.visibilityRevision) > revision) {
      found.push({ kind: "visibility-changed", roomId });
    } else if (behind === 0 || left > 0) {
      const read = Math.min(behind, left);
      left -= read;
      spans.push({ ...known, from: revision, to: revision + read });
    }
  }
  const read = await readSpans(db, spans, nowMs);
  let bytes = 0;
  let fitted = 0;
  let isCut = false;
  for (const span of spans) {
    const { room, self, from, erasedRevision } = span;
    const firstSeq = readableFrom(actor, { room, membership: self }, nowMs);
    const readable = (read.get(room.id) ?? []).filter(
      ({ change }) => change.kind !== "message" || change.message.seq >= firstSeq,
    );
    readable.sort((one, other) => one.revision - other.revision);
    const changes: RoomChange[] = [];
    for (const change of readable) {
      if (bytes >= maxBytes) break;
      bytes += sizeOf(change);
      changes.push(change);
    }
    fitted += changes.length;
    const isWhole = changes.length === readable.length;
    isCut ||= !isWhole;
    const to = isWhole ? span.to : changes.at(-1)?.revision;
    if (to === undefined) continue;
    found.push({
      kind: "changes",
      roomId: room.id,
      changes,
      revision: to,
      isComplete: to === room.revision,
      erasedRevision: erasedRevision > from ? erasedRevision : 0,
      room,
      self,
    });
  }
  return { rooms: found, cutAfter: isCut ? fitted : null };
};

function sizeOf({ change }: RoomChange): number {
  if (change.kind !== "message") return CHANGE_BYTES;
  const { text, payload } = change.message.content;
  return CHANGE_BYTES + Buffer.byteLength(text) + (payload?.bytes.length ?? 0);
}

async function readRooms(db: Kysely<Schema>, userId: UserId, cursors: readonly RoomCursor[]) {
  const roomIds = cursors.map(({ roomId }) => roomId);
  const rooms = new Map<RoomId, Omit<Span, "from" | "to">>();
  if (roomIds.length === 0) return rooms;
  const members = await selectMembers(db)
    .where("members.user_id", "=", userId)
    .where("members.room_id", "in", roomIds)
    .execute();
  const selves = new Map(members.map((row) => [row.room_id, toMember(row)]));
  const rows = await db
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
      visibilityRevision: Number(row.sight_revision),
      erasedRevision: Number(row.erased_revision),
    });
  }
  return rooms;
}

/** All changes of all spans, with one query for each kind of them. */
async function readSpans(
  db: Kysely<Schema>,
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
  const messages = await selectMessages(db)
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
  const members = await db
    .selectFrom("members")
    .innerJoin(spanTable(moved), (join) =>
      join
        .onRef("members.room_id", "=", "spans.column1")
        .onRef("members.revision", ">", "spans.column2")
        .onRef("members.revision", "<=", "spans.column3"),
    )
    .select([...memberColumns, "members.updated_at"])
    .execute();
  for (const row of members) add(toMemberChange(row));
  return changes;
}

function toMemberChange(row: Parameters<typeof toMember>[0] & { updated_at: number }): RoomChange {
  const member = toMember(row);
  const { roomId, revision } = member;
  return { roomId, revision, actorId: "", atMs: Number(row.updated_at), change: { kind: "member", member } };
}

/** The spans as a table of their own: `column1` is the room, the others the revisions that it lies between. */
function spanTable(spans: readonly Span[]) {
  const values = sql.join(
    spans.map(
      ({ room, from, to }) => sql`(cast(${room.id} as text), cast(${from} as bigint), cast(${to} as bigint))`,
    ),
  );
  return sql<{ column1: string; column2: number; column3: number }>`(values ${values})`.as("spans");
}
