import type { Kysely, Transaction } from "kysely";
import type { RoomId, UserId } from "../../domain/ids.ts";
import { ERASED_SENDER_NAME, type Message } from "../../domain/messages.ts";
import type { AppendOutcome, MessageStore, NewMessage } from "../port/messages.ts";
import type { Schema } from "../schema.ts";
import { compiledOnce, insertAll, selectAll } from "./compiled.ts";

/** See `Store.appendMessages`. What is the same for many messages is read and written once a batch. */
export async function appendMessages(
  db: Kysely<Schema>,
  messages: readonly NewMessage[],
): Promise<readonly AppendOutcome[]> {
  return db.transaction().execute(async (trx) => {
    const senders = await readSenders(trx, messages);
    const counters = await readCounters(trx, messages);
    const outcomes = messages.map((message) => decide(message, senders, counters));
    const stored = outcomes.flatMap((outcome) => (outcome.kind === "stored" ? [outcome.message] : []));
    if (stored.length > 0) {
      await insertGuests(
        trx,
        messages.filter((_, index) => outcomes[index]?.kind === "stored"),
      );
      await insertMessages(trx, stored);
      await writeCounters(trx, counters, stored);
    }
    return outcomes;
  });
}

export async function listLatestMessages(
  db: Kysely<Schema>,
  { roomId, limit }: Parameters<MessageStore["listLatestMessages"]>[0],
): Promise<readonly Message[]> {
  const rows = await selectMessages(db)
    .where("messages.room_id", "=", roomId)
    .where("messages.deleted", "=", 0)
    .orderBy("messages.seq", "desc")
    .limit(limit)
    .execute();
  return rows.map(toMessage).reverse();
}

export async function listMessagesAfter(
  db: Kysely<Schema>,
  { roomId, afterSeq, limit }: Parameters<MessageStore["listMessagesAfter"]>[0],
): Promise<readonly Message[]> {
  const rows = await selectMessages(db)
    .where("messages.room_id", "=", roomId)
    .where("messages.seq", ">", afterSeq)
    .where("messages.deleted", "=", 0)
    .orderBy("messages.seq", "asc")
    .limit(limit)
    .execute();
  return rows.map(toMessage);
}

/** What a batch needs to know of its senders: the accounts in it, and which names are held by accounts. */
interface Senders {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly heldKeys: ReadonlySet<string>;
}

/** `nameKey` is null for whoever speaks under a handle, which nobody else can have. */
interface Account {
  readonly name: string;
  readonly nameKey: string | null;
  readonly suspendedUntilMs: number | null;
}

const selectAccounts = selectAll((db, userIds) =>
  db
    .selectFrom("users")
    .select(["id", "handle", "display_name", "display_key", "state", "suspended_until"])
    .where("id", "in", userIds)
    .where("state", "!=", "erased"),
);

const selectHeldKeys = selectAll((db, keys) =>
  db.selectFrom("users").select("handle_key").where("handle_key", "in", keys),
);

async function readSenders(trx: Transaction<Schema>, messages: readonly NewMessage[]): Promise<Senders> {
  const userIds = new Set<string>();
  const nameKeys = new Set<string>();
  for (const { sender } of messages) {
    if (sender.kind === "user") userIds.add(sender.userId);
    else nameKeys.add(sender.nameKey);
  }
  const accounts = new Map<string, Account>();
  for (const row of await selectAccounts(trx, userIds)) {
    const nameKey = row.handle === null ? row.display_key : null;
    if (nameKey !== null) nameKeys.add(nameKey);
    accounts.set(row.id, {
      name: row.handle ?? row.display_name,
      nameKey,
      suspendedUntilMs:
        row.state === "suspended" ? Number(row.suspended_until ?? Number.POSITIVE_INFINITY) : null,
    });
  }
  const held = await selectHeldKeys(trx, nameKeys);
  return { accounts, heldKeys: new Set(held.map((row) => row.handle_key ?? "")) };
}

/** The name that a sender speaks under, or why they may not. */
function nameSender({ sender, nowMs }: NewMessage, { accounts, heldKeys }: Senders): Speaker {
  if (sender.kind === "guest") {
    return heldKeys.has(sender.nameKey) ? { kind: "name-held" } : { kind: "speaker", name: sender.name };
  }
  const account = accounts.get(sender.userId);
  if (!account || (account.suspendedUntilMs ?? 0) > nowMs) return { kind: "sender-gone" };
  if (account.nameKey !== null && heldKeys.has(account.nameKey)) return { kind: "name-held" };
  return { kind: "speaker", name: account.name };
}

type Speaker =
  | Exclude<AppendOutcome, { kind: "stored" }>
  | { readonly kind: "speaker"; readonly name: string };

interface Counter {
  lastSeq: number;
  revision: number;
  lastMessageAtMs: number;
}

const selectRooms = selectAll((db, roomIds) =>
  db.selectFrom("rooms").select(["id", "last_seq", "revision", "last_message_at"]).where("id", "in", roomIds),
);

async function readCounters(
  trx: Transaction<Schema>,
  messages: readonly NewMessage[],
): Promise<Map<string, Counter>> {
  const rows = await selectRooms(trx, new Set(messages.map((message) => message.roomId)));
  return new Map(
    rows.map((row) => [
      row.id,
      {
        lastSeq: Number(row.last_seq),
        revision: Number(row.revision),
        lastMessageAtMs: Number(row.last_message_at),
      },
    ]),
  );
}

/** Gives one message its outcome, and its seq, revision and time if it is stored. */
function decide(message: NewMessage, senders: Senders, counters: Map<string, Counter>): AppendOutcome {
  const { sender, roomId } = message;
  const speaker = nameSender(message, senders);
  if (speaker.kind !== "speaker") return speaker;

  const counter = counters.get(roomId);
  if (!counter) throw new Error(`room ${roomId} does not exist`);
  counter.lastSeq++;
  counter.revision++;
  counter.lastMessageAtMs = Math.max(counter.lastMessageAtMs, message.nowMs);
  return {
    kind: "stored",
    message: {
      roomId,
      seq: counter.lastSeq,
      revision: counter.revision,
      id: message.id,
      senderId: sender.userId,
      senderName: speaker.name,
      text: message.text,
      createdAtMs: counter.lastMessageAtMs,
    },
  };
}

const insertGuestRows = insertAll<"users">(
  [
    "id",
    "kind",
    "state",
    "suspended_until",
    "role",
    "role_until",
    "external_subject",
    "handle",
    "handle_key",
    "display_name",
    "display_key",
    "created_at",
    "updated_at",
  ],
  (db, rows) =>
    db
      .insertInto("users")
      .values(rows)
      .onConflict((conflict) => conflict.column("id").doNothing()),
);

async function insertGuests(trx: Transaction<Schema>, messages: readonly NewMessage[]): Promise<void> {
  const guests = new Map<string, NewMessage>();
  for (const message of messages) {
    if (message.sender.kind === "guest") guests.set(message.sender.userId, message);
  }
  const rows = [...guests.values()].map(({ sender, nowMs }) => ({
    id: sender.userId,
    kind: "guest" as const,
    state: "active" as const,
    suspended_until: null,
    role: "guest" as const,
    role_until: null,
    external_subject: null,
    handle: null,
    handle_key: null,
    display_name: sender.kind === "guest" ? sender.name : "",
    display_key: sender.kind === "guest" ? sender.nameKey : "",
    created_at: nowMs,
    updated_at: nowMs,
  }));
  await insertGuestRows(trx, rows);
}

const insertMessageRows = insertAll<"messages">(
  ["room_id", "seq", "revision", "id", "sender_id", "text", "created_at"],
  (db, rows) => db.insertInto("messages").values(rows),
);

async function insertMessages(trx: Transaction<Schema>, stored: readonly Message[]): Promise<void> {
  await insertMessageRows(
    trx,
    stored.map((message) => ({
      room_id: message.roomId,
      seq: message.seq,
      revision: message.revision,
      id: message.id,
      sender_id: message.senderId,
      text: message.text,
      created_at: message.createdAtMs,
    })),
  );
}

const updateRoom = compiledOnce((db, { roomId, counter }: { roomId: string; counter: Counter }) =>
  db
    .updateTable("rooms")
    .set({
      last_seq: counter.lastSeq,
      revision: counter.revision,
      last_message_at: counter.lastMessageAtMs,
    })
    .where("id", "=", roomId),
);

async function writeCounters(
  trx: Transaction<Schema>,
  counters: ReadonlyMap<string, Counter>,
  stored: readonly Message[],
): Promise<void> {
  for (const roomId of new Set(stored.map((message) => message.roomId))) {
    const counter = counters.get(roomId);
    if (!counter) continue;
    const { lastSeq, revision, lastMessageAtMs } = counter;
    await updateRoom(trx, { roomId, counter }, [lastSeq, revision, lastMessageAtMs, roomId]);
  }
}

function selectMessages(db: Kysely<Schema>) {
  return db
    .selectFrom("messages")
    .innerJoin("users", "users.id", "messages.sender_id")
    .select([
      "messages.room_id",
      "messages.seq",
      "messages.revision",
      "messages.id",
      "messages.sender_id",
      "messages.text",
      "messages.created_at",
      "users.state",
      "users.handle",
      "users.display_name",
    ]);
}

type MessageRow = Awaited<ReturnType<ReturnType<typeof selectMessages>["executeTakeFirstOrThrow"]>>;

function toMessage(row: MessageRow): Message {
  return {
    roomId: row.room_id as RoomId,
    seq: Number(row.seq),
    revision: Number(row.revision),
    id: row.id,
    senderId: row.sender_id as UserId,
    senderName: row.state === "erased" ? ERASED_SENDER_NAME : (row.handle ?? row.display_name),
    text: row.text,
    createdAtMs: Number(row.created_at),
  };
}
