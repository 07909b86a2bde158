import { type Kysely, sql } from "kysely";
import type { ActorNow } from "../../../domain/access/ask.ts";
import { readableFrom } from "../../../domain/access/decide.ts";
import type { RoomId } from "../../../domain/ids.ts";
import { MENTION_ALL } from "../../../domain/messages/content.ts";
import { type Message, messageNow } from "../../../domain/messages/message.ts";
import type { OwnMember, RoomView } from "../../../domain/rooms/room.ts";
import { toMember } from "../../tables/members.ts";
import { selectMessages, toMessage } from "../../tables/messages.ts";
import { roomColumns, toRoom } from "../../tables/rooms.ts";
import type { Schema } from "../../tables/schema.ts";
import { allSeenBy } from "../messages/seen.ts";
import { countSilenced } from "./silenced.ts";

// The last message that counts as read: what was erased, or came before one could read, can't be unread.
const readUpTo = sql<number>`(select max(seq) from (
  select members.read_seq as seq union all select rooms.first_seq - 1
  union all select case rooms.history_visibility when 'since-join' then members.joined_seq else 0 end) as marks)`;

/**
 * Messages of others that came after it and still stand: counted by those that don't, which are few. From the moment of its
 * end, a message is one of these. Messages of people whom the user blocks or mutes are counted: see `countSilenced`.
 */
const unreadCount = (nowMs: number) => sql<number>`(rooms.last_seq - ${readUpTo}
  - (select count(*) from messages as gone
     where gone.room_id = rooms.id and gone.deleted = 1 and gone.seq > ${readUpTo})
  - (select count(*) from messages as own
     where own.sender_id = members.user_id and own.room_id = rooms.id and own.deleted = 0 and own.seq > ${readUpTo})
  - (select count(*) from erasures
     inner join users on users.id = erasures.user_id and users.messages_erased = 1
     inner join messages as going on going.sender_id = users.id and going.room_id = rooms.id
     where going.deleted = 0 and going.seq > ${readUpTo})
  - (select count(*) from messages as over
     inner join users as sayer on sayer.id = over.sender_id and sayer.messages_erased = 0
     where over.room_id = rooms.id and over.expires_at <= ${nowMs} and over.seq > ${readUpTo}
     and over.sender_id <> members.user_id and not exists (select 1 from relationships as silent
       where silent.user_id = members.user_id and silent.other_id = over.sender_id)))`;

const mentionCount = (nowMs: number) => sql<number>`(select count(distinct mentions.seq) from mentions
  inner join messages as told on told.room_id = mentions.room_id and told.seq = mentions.seq
  inner join users as teller on teller.id = told.sender_id and teller.messages_erased = 0
  where mentions.user_id in (members.user_id, ${sql.lit(MENTION_ALL)}) and mentions.room_id = rooms.id
  and mentions.seq > ${readUpTo} and told.sender_id <> members.user_id
  and (told.expires_at is null or told.expires_at > ${nowMs})
  and not exists (select 1 from relationships as silent
    where silent.user_id = members.user_id and silent.other_id = told.sender_id))`;

/** Rooms with one person's record in each, if there is one, and what that person has not read. */
export function selectViews(db: Kysely<Schema>, { actor, nowMs }: ActorNow) {
  return db
    .selectFrom("rooms")
    .leftJoin("members", (join) =>
      join.onRef("members.room_id", "=", "rooms.id").on("members.user_id", "=", actor.id),
    )
    .select([
      ...roomColumns,
      "rooms.title_key",
      "members.user_id",
      "members.role as own_role",
      "members.state as own_state",
      "members.expires_at as own_expires_at",
      "members.muted_until as own_muted_until",
      "members.allow as own_allow",
      "members.deny as own_deny",
      "members.joined_seq as own_joined_seq",
      "members.read_seq as own_read_seq",
      "members.revision as own_revision",
      "members.removed_for as own_removed_for",
      unreadCount(nowMs).as("own_unread"),
      mentionCount(nowMs).as("own_mentions"),
    ]);
}

type ViewRow = Awaited<ReturnType<ReturnType<typeof selectViews>["executeTakeFirstOrThrow"]>>;

/** Rows of `selectViews` as one person sees them, with each room's last message where they may read it. */
export async function toViews(
  db: Kysely<Schema>,
  rows: readonly ViewRow[],
  { actor, nowMs }: ActorNow,
): Promise<readonly RoomView[]> {
  const roomIds = rows.filter((row) => row.own_state === "joined").map((row) => row.id as RoomId);
  const silenced = await countSilenced(db, { userId: actor.id, roomIds, readUpTo });
  const seen = rows.map((row) => ({
    room: toRoom(row),
    self: toSelf(row, silenced.get(row.id as RoomId) ?? 0),
  }));
  const readable = seen.filter(
    ({ room, self }) => room.lastSeq >= readableFrom(actor, { room, membership: self }, nowMs),
  );
  const last = await readLastMessages(db, new Set(readable.map(({ room }) => room.id)), nowMs);
  const reactions = new Map(
    (await allSeenBy(db, actor.id, [...last.values()])).map(({ message, ownEmoji }) => [message, ownEmoji]),
  );
  return seen.map((view) => {
    const lastMessage = last.get(view.room.id) ?? null;
    return { ...view, lastMessage, lastOwnEmoji: (lastMessage && reactions.get(lastMessage)) ?? [] };
  });
}

/** A room as an actor sees it. @throws Error when there is no such room */
export async function readView(db: Kysely<Schema>, query: ActorNow & { roomId: RoomId }): Promise<RoomView> {
  const row = await selectViews(db, query).where("rooms.id", "=", query.roomId).executeTakeFirstOrThrow();
  const [view] = await toViews(db, [row], query);
  if (!view) throw new Error("a room that was read has no view");
  return view;
}

function toSelf(row: ViewRow, silenced: number): OwnMember | null {
  const { user_id, own_role, own_state, own_allow, own_deny } = row;
  if (user_id === null || own_role === null || own_state === null) return null;
  const member = toMember({
    room_id: row.id,
    user_id,
    role: own_role,
    state: own_state,
    expires_at: row.own_expires_at,
    muted_until: row.own_muted_until,
    allow: own_allow ?? "[]",
    deny: own_deny ?? "[]",
    joined_seq: row.own_joined_seq ?? 0,
    read_seq: row.own_read_seq ?? 0,
    revision: row.own_revision ?? 0,
    removed_for: row.own_removed_for,
  });
  const isIn = own_state === "joined";
  return {
    ...member,
    unreadCount: isIn ? Number(row.own_unread) - silenced : 0,
    mentionCount: isIn ? Number(row.own_mentions) : 0,
  };
}

async function readLastMessages(
  db: Kysely<Schema>,
  roomIds: ReadonlySet<RoomId>,
  nowMs: number,
): Promise<ReadonlyMap<RoomId, Message>> {
  if (roomIds.size === 0) return new Map();
  const rows = await selectMessages(db)
    .innerJoin("rooms", (join) =>
      join.onRef("rooms.id", "=", "messages.room_id").onRef("rooms.last_seq", "=", "messages.seq"),
    )
    .where("rooms.id", "in", [...roomIds])
    .execute();
  return new Map(rows.map((row) => [row.room_id as RoomId, messageNow(toMessage(row), nowMs)]));
}
