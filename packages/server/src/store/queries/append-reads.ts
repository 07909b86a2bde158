import type { Transaction } from "kysely";
import { sql } from "kysely";
import type { Message } from "../../domain/messages.ts";
import type { LastPost } from "../../domain/room-access.ts";
import type { Member, Room } from "../../domain/rooms.ts";
import type { User } from "../../domain/users.ts";
import type { NewMessage } from "../port/messages.ts";
import type { Schema } from "../schema.ts";
import { type Pair, selectAll, selectPairs } from "./compiled.ts";
import { selectMessages, toMessage } from "./message-rows.ts";
import { isBlockedIn, readLastPost } from "./room-access.ts";
import { roomColumns, selectMembers, toMember, toRoom } from "./room-rows.ts";
import { selectUsers, toUser } from "./user-rows.ts";

/** What the messages of a batch are decided by, as it stands at the beginning of their transaction. */
export interface BatchReads {
  readonly accounts: ReadonlyMap<string, SenderAccount>;
  /** Of the names in the batch, those that belong to accounts. */
  readonly heldKeys: ReadonlySet<string>;
  readonly rooms: ReadonlyMap<string, RoomRow>;
  /** By `pairKey` of room and user. */
  readonly members: ReadonlyMap<string, Member>;
  /** The messages that were stored under the batch's own ids before, by `pairKey` of sender and that id. */
  readonly repeats: ReadonlyMap<string, Repeat>;
  /** In rooms that hold their members to a pace, by `pairKey` of room and sender. */
  readonly lastPosts: ReadonlyMap<string, LastPost | null>;
  /** Who may not write in a direct room, by `pairKey` of room and sender. */
  readonly blocked: ReadonlySet<string>;
  /** Of the messages that are referred to, the ones that there are, by `placeKey`: the thread that each is in, or 0. */
  readonly threadRoots: ReadonlyMap<string, number>;
}

interface SenderAccount {
  readonly user: User;
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
}

export const pairKey = (one: string, other: string): string => `${one}\n${other}`;

export const placeKey = (roomId: string, seq: number): string => `${roomId}\n${seq}`;

export async function readBatch(
  trx: Transaction<Schema>,
  messages: readonly NewMessage[],
): Promise<BatchReads> {
  const senderIds = new Set<string>();
  const nameKeys = new Set<string>();
  const roomIds = new Set<string>();
  const pairs = new Map<string, Pair>();
  const clientIds = new Map<string, Pair>();
  for (const { sender, roomId, content } of messages) {
    roomIds.add(roomId);
    if (sender.kind === "guest") nameKeys.add(sender.nameKey);
    else {
      senderIds.add(sender.userId);
      pairs.set(pairKey(roomId, sender.userId), [roomId, sender.userId]);
    }
    for (const userId of content?.mentionUserIds ?? []) pairs.set(pairKey(roomId, userId), [roomId, userId]);
    if (content?.clientMessageId) {
      clientIds.set(pairKey(sender.userId, content.clientMessageId), [
        sender.userId,
        content.clientMessageId,
      ]);
    }
  }
  const accounts = await readAccounts(trx, senderIds, nameKeys);
  const held = await selectHeldKeys(trx, nameKeys);
  const rows = await selectRoomRows(trx, roomIds);
  const rooms = new Map(
    rows.map((row) => [row.id, { room: toRoom(row), lastMessageAtMs: Number(row.last_message_at) }]),
  );
  return {
    accounts,
    heldKeys: new Set(held.map((row) => row.handle_key ?? "")),
    rooms,
    members: await readMembers(trx, [...pairs.values()]),
    repeats: await readRepeats(trx, [...clientIds.values()]),
    ...(await readPace(trx, messages, rooms)),
    threadRoots: await readThreadRoots(trx, messages),
  };
}

/** What few rooms ask for: it is read for each sender there by itself. */
async function readPace(
  trx: Transaction<Schema>,
  messages: readonly NewMessage[],
  rooms: BatchReads["rooms"],
): Promise<Pick<BatchReads, "lastPosts" | "blocked">> {
  const lastPosts = new Map<string, LastPost | null>();
  const blocked = new Set<string>();
  const asked = new Set<string>();
  for (const { roomId, sender } of messages) {
    const room = rooms.get(roomId)?.room;
    if (!room) continue;
    const hasPace = room.slowModeMs > 0 || room.requiredLikes > 0;
    const key = hasPace || room.kind === "direct" ? pairKey(roomId, sender.userId) : "";
    if (key === "" || asked.has(key)) continue;
    asked.add(key);
    if (hasPace) lastPosts.set(key, await readLastPost(trx, sender.userId, roomId));
    if (room.kind === "direct" && (await isBlockedIn(trx, sender.userId, roomId))) blocked.add(key);
  }
  return { lastPosts, blocked };
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

const selectAccounts = selectAll((db, userIds) =>
  selectUsers(db)
    .select("users.display_key")
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
    accounts.set(row.id, { user: toUser(row), nameKey });
  }
  return accounts;
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

const selectRepeats = selectPairs((db, pairs) =>
  selectMessages(db)
    .select("messages.content_hash")
    .where(isAmong("messages.sender_id", "messages.client_message_id", pairs))
    .where("messages.client_message_id", "is not", null),
);

async function readRepeats(
  trx: Transaction<Schema>,
  pairs: readonly Pair[],
): Promise<ReadonlyMap<string, Repeat>> {
  const repeats = new Map<string, Repeat>();
  for (const row of await selectRepeats(trx, pairs)) {
    repeats.set(pairKey(row.sender_id, row.client_message_id ?? ""), {
      message: toMessage(row),
      contentHash: row.content_hash,
    });
  }
  return repeats;
}

function isAmong(one: string, other: string, pairs: readonly Pair[]) {
  const values = sql.join(pairs.map(([first, second]) => sql`(${first}, ${second})`));
  return sql<boolean>`(${sql.ref(one)}, ${sql.ref(other)}) in (values ${values})`;
}
