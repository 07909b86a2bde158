import { type Kysely, sql, type Transaction } from "kysely";
import type { LastPost } from "../../../domain/access/room-access.ts";
import type { Message } from "../../../domain/messages/message.ts";
import type { DirectPeer } from "../../../domain/rooms/direct.ts";
import type { Member, Room } from "../../../domain/rooms/room.ts";
import type { User } from "../../../domain/users/user.ts";
import type { NewMessage } from "../../port/messages.ts";
import { selectMembers, toMember } from "../../tables/members.ts";
import { selectMessages, toMessage } from "../../tables/messages.ts";
import { roomColumns, toRoom } from "../../tables/rooms.ts";
import type { Schema } from "../../tables/schema.ts";
import { selectUsers, toUser } from "../../tables/users.ts";
import { type Pair, selectAll, selectPairs } from "../compiled.ts";
import { readLastPost } from "../rooms/access.ts";
import { readPeers } from "../rooms/direct-peers.ts";
import { findRetired } from "../users/retired-handles.ts";
import { type KnownGuest, readGuests } from "./append-guests.ts";

/** Everything that decides about the messages of a batch, as their transaction finds it. */
export interface BatchReads {
  readonly accounts: ReadonlyMap<string, SenderAccount>;
  /** Of the simple contract, by id: those who have spoken before. */
  readonly guests: ReadonlyMap<string, KnownGuest>;
  /** Of the names in the batch, those that guests can't have: by key, with the time until which an account holds them. */
  readonly heldKeys: ReadonlyMap<string, number>;
  readonly rooms: ReadonlyMap<string, RoomRow>;
  /** By `pairKey` of room and user. */
  readonly members: ReadonlyMap<string, Member>;
  /** The messages that were stored under the batch's repeat keys before, by these. */
  readonly repeats: ReadonlyMap<string, Repeat>;
  /** In rooms that hold their members to a pace, by `pairKey` of room and sender. */
  readonly lastPosts: ReadonlyMap<string, LastPost | null>;
  /** The others whom a direct room is for, by `pairKey` of room and sender. */
  readonly peers: ReadonlyMap<string, readonly DirectPeer[]>;
  /** Of the messages that are referred to, the ones that there are, by `placeKey`: the thread that each is in, or 0. */
  readonly threadRoots: ReadonlyMap<string, number>;
}

interface SenderAccount {
  readonly user: User;
  readonly hasTombstones: boolean;
  /** Null for whoever speaks under a handle, which nobody else can have. */
  readonly nameKey: string | null;
}

interface RoomRow {
  readonly room: Room;
  readonly lastMessageAtMs: number;
}

export interface Repeat {
  readonly message: Message;
  /** Null once the content is gone: then any content is a repeat of it. */
  readonly contentHash: string | null;
  /** Its room has been deleted, and its row soon will be. Until then its id stays taken. */
  readonly isErased: boolean;
}

export const pairKey = (one: string, other: string): string => `${one}\n${other}`;

export const placeKey = (roomId: string, seq: number): string => `${roomId}\n${seq}`;

export async function readBatch(
  trx: Transaction<Schema>,
  messages: readonly NewMessage[],
): Promise<BatchReads> {
  const senderIds = new Set<string>();
  const guestIds = new Set<string>();
  const nameKeys = new Set<string>();
  const roomIds = new Set<string>();
  const pairs = new Map<string, Pair>();
  const clientIds = new Map<string, Pair>();
  for (const { sender, roomId, content } of messages) {
    roomIds.add(roomId);
    if (sender.kind === "guest") {
      guestIds.add(sender.userId);
      nameKeys.add(sender.nameKey);
    } else {
      senderIds.add(sender.userId);
      pairs.set(pairKey(roomId, sender.userId), [roomId, sender.userId]);
    }
    for (const userId of content?.mentionUserIds ?? []) pairs.set(pairKey(roomId, userId), [roomId, userId]);
    if (content?.repeatKey) clientIds.set(content.repeatKey, [sender.userId, content.clientMessageId]);
  }
  const accounts = await readAccounts(trx, senderIds, nameKeys);
  const rows = await selectRoomRows(trx, roomIds);
  const rooms = new Map(
    rows.map((row) => [row.id, { room: toRoom(row), lastMessageAtMs: Number(row.last_message_at) }]),
  );
  return {
    accounts,
    guests: await readGuests(trx, guestIds),
    heldKeys: await readHeldKeys(trx, nameKeys),
    rooms,
    members: await readMembers(trx, [...pairs.values()]),
    repeats: await readRepeats(trx, clientIds, accounts),
    ...(await readPace(trx, messages, rooms)),
    threadRoots: await readThreadRoots(trx, messages),
  };
}

/** Few rooms need this, so it is read for each sender by itself. */
async function readPace(
  trx: Transaction<Schema>,
  messages: readonly NewMessage[],
  rooms: BatchReads["rooms"],
): Promise<Pick<BatchReads, "lastPosts" | "peers">> {
  const lastPosts = new Map<string, LastPost | null>();
  const peers = new Map<string, readonly DirectPeer[]>();
  const asked = new Set<string>();
  for (const { roomId, sender, nowMs } of messages) {
    const room = rooms.get(roomId)?.room;
    if (!room) continue;
    const hasPace = room.slowModeMs > 0 || room.requiredLikes > 0;
    const key = hasPace || room.kind === "direct" ? pairKey(roomId, sender.userId) : "";
    if (key === "" || asked.has(key)) continue;
    asked.add(key);
    if (hasPace) lastPosts.set(key, await readLastPost(trx, { userId: sender.userId, roomId, nowMs }));
    if (room.kind !== "direct") continue;
    const query = { actorId: sender.userId, roomId, userIds: room.directUserIds, nowMs };
    peers.set(key, await readPeers(trx, query));
  }
  return { lastPosts, peers };
}

async function readThreadRoots(
  trx: Transaction<Schema>,
  messages: readonly NewMessage[],
): Promise<BatchReads["threadRoots"]> {
  const roots = new Map<string, number>();
  for (const { roomId, content } of messages) {
    for (const seq of [content?.replyToSeq ?? 0, content?.threadRootSeq ?? 0]) {
      const key = placeKey(roomId, seq);
      if (seq === 0 || roots.has(key)) continue;
      const row = await trx
        .selectFrom("messages")
        .select("thread_root_seq")
        .where("room_id", "=", roomId)
        .where("seq", "=", seq)
        .executeTakeFirst();
      if (row) roots.set(key, Number(row.thread_root_seq));
    }
  }
  return roots;
}

/** In these words, so that the index of tombstones serves. */
const isTombstone = sql<boolean>`messages.deleted = 1 and messages.repeat_key is not null`;

const hasTombstones = sql<number>`case when exists
  (select 1 from messages where messages.sender_id = users.id and ${isTombstone}) then 1 else 0 end`;

const selectAccounts = selectAll((db, userIds) =>
  selectUsers(db)
    .select(["users.display_key", hasTombstones.as("has_tombstones")])
    .where("users.id", "in", userIds)
    .where("users.state", "!=", "erased"),
);

const selectHeldKeys = selectAll((db, keys) =>
  db.selectFrom("users").select("handle_key").where("handle_key", "in", keys),
);

const selectRoomRows = selectAll((db, roomIds) =>
  db
    .selectFrom("rooms")
    .select([...roomColumns, "rooms.last_message_at"])
    .where("id", "in", roomIds),
);

/** The senders' accounts; adds the names of those without a handle to `nameKeys`. */
async function readAccounts(
  trx: Transaction<Schema>,
  senderIds: ReadonlySet<string>,
  nameKeys: Set<string>,
): Promise<ReadonlyMap<string, SenderAccount>> {
  const accounts = new Map<string, SenderAccount>();
  for (const row of await selectAccounts(trx, senderIds)) {
    const nameKey = row.handle === null ? row.display_key : null;
    if (nameKey !== null) nameKeys.add(nameKey);
    accounts.set(row.id, { user: toUser(row), hasTombstones: row.has_tombstones !== 0, nameKey });
  }
  return accounts;
}

/** Handles that accounts have, and those that were given up lately. */
async function readHeldKeys(
  trx: Transaction<Schema>,
  nameKeys: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const taken = await selectHeldKeys(trx, nameKeys);
  return new Map([
    ...(await findRetired(trx, nameKeys)),
    ...taken.map((row) => [row.handle_key ?? "", Number.POSITIVE_INFINITY] as const),
  ]);
}

const selectMemberRows = selectPairs((db, pairs) =>
  selectMembers(db).where(isAmong("members.room_id", "members.user_id", pairs)),
);

async function readMembers(
  trx: Transaction<Schema>,
  pairs: readonly Pair[],
): Promise<ReadonlyMap<string, Member>> {
  const rows = await selectMemberRows(trx, pairs);
  return new Map(rows.map((row) => [pairKey(row.room_id, row.user_id), toMember(row)]));
}

const selectStanding = selectPairs((db, pairs) =>
  selectRepeats(db)
    .where(isAmong("messages.sender_id", "messages.client_message_id", pairs))
    .where("messages.client_message_id", "is not", null),
);

const selectTombstones = selectPairs((db, pairs) =>
  selectRepeats(db)
    .where(isAmong("messages.sender_id", "messages.repeat_key", pairs))
    .where(isTombstone),
);

function selectRepeats(db: Kysely<Schema>) {
  return selectMessages(db)
    .innerJoin("rooms", "rooms.id", "messages.room_id")
    .select(["messages.content_hash", "messages.repeat_key", "rooms.first_seq"]);
}

/** A message that stands is found by the sender's own id for it, a tombstone by the hash that it has kept of that. */
async function readRepeats(
  trx: Transaction<Schema>,
  clientIds: ReadonlyMap<string, Pair>,
  accounts: BatchReads["accounts"],
): Promise<ReadonlyMap<string, Repeat>> {
  const hashed = [...clientIds].map(([repeatKey, [senderId]]): Pair => [senderId, repeatKey]);
  const standing = await selectStanding(trx, [...clientIds.values()]);
  const tombstones = await selectTombstones(
    trx,
    hashed.filter(([senderId]) => accounts.get(senderId)?.hasTombstones),
  );
  return new Map(
    [...standing, ...tombstones].map((row) => [
      row.repeat_key ?? "",
      { message: toMessage(row), contentHash: row.content_hash, isErased: row.seq < row.first_seq },
    ]),
  );
}

function isAmong(one: string, other: string, pairs: readonly Pair[]) {
  const values = sql.join(pairs.map(([first, second]) => sql`(${first}, ${second})`));
  return sql<boolean>`(${sql.ref(one)}, ${sql.ref(other)}) in (values ${values})`;
}
