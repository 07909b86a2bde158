import type { Kysely, Transaction } from "kysely";
import type { RoomId } from "../../domain/ids.ts";
import type { AppendOutcome, NewMessage } from "../port/messages.ts";
import type { Schema } from "../schema.ts";
import { AppendBatch, type Stored } from "./append-batch.ts";
import { readBatch } from "./append-reads.ts";
import { compiledOnce, insertAll } from "./compiled.ts";

/** See `MessageStore.appendMessages`. What is the same for many messages is read and written once a batch. */
export async function appendMessages(
  db: Kysely<Schema>,
  messages: readonly NewMessage[],
): Promise<readonly AppendOutcome[]> {
  return db.transaction().execute(async (trx) => {
    const batch = new AppendBatch(await readBatch(trx, messages));
    const outcomes = messages.map((message) => batch.take(message));
    if (batch.stored.length > 0) {
      await insertGuests(trx, batch.stored);
      await insertMessages(trx, batch.stored);
      await insertMentions(trx, batch.stored);
      await writeCounters(trx, batch);
    }
    return outcomes;
  });
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

async function insertGuests(trx: Transaction<Schema>, stored: readonly Stored[]): Promise<void> {
  const guests = new Map<string, NewMessage>();
  for (const { message } of stored) {
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

const insertTexts = insertAll<"messages">(
  ["room_id", "seq", "revision", "id", "sender_id", "text", "created_at", "updated_at"],
  (db, rows) => db.insertInto("messages").values(rows),
);

const insertContents = insertAll<"messages">(
  [
    "room_id",
    "seq",
    "revision",
    "id",
    "sender_id",
    "text",
    "created_at",
    "updated_at",
    "client_message_id",
    "content_hash",
    "reply_to_seq",
    "thread_root_seq",
    "mentions",
    "payload",
    "payload_type",
    "expires_at",
  ],
  (db, rows) => db.insertInto("messages").values(rows),
);

async function insertMessages(trx: Transaction<Schema>, stored: readonly Stored[]): Promise<void> {
  const texts: ReturnType<typeof toTextRow>[] = [];
  const contents: ReturnType<typeof toContentRow>[] = [];
  for (const one of stored) {
    if (one.message.content) contents.push(toContentRow(one, one.message.content));
    else texts.push(toTextRow(one));
  }
  await insertTexts(trx, texts);
  await insertContents(trx, contents);
}

function toTextRow({ message, outcome }: Stored) {
  return {
    room_id: message.roomId,
    seq: outcome.seq,
    revision: outcome.revision,
    id: message.id,
    sender_id: message.sender.userId,
    text: message.text,
    created_at: outcome.createdAtMs,
    updated_at: outcome.createdAtMs,
  };
}

function toContentRow(stored: Stored, content: NonNullable<NewMessage["content"]>) {
  return {
    ...toTextRow(stored),
    client_message_id: content.clientMessageId || null,
    content_hash: content.contentHash,
    reply_to_seq: content.replyToSeq,
    thread_root_seq: content.threadRootSeq,
    mentions: content.mentionUserIds.length === 0 ? "[]" : JSON.stringify(content.mentionUserIds),
    payload: content.payload,
    payload_type: content.payloadType,
    expires_at: stored.outcome.expiresAtMs,
  };
}

const insertMentionRows = insertAll<"mentions">(["user_id", "room_id", "seq"], (db, rows) =>
  db.insertInto("mentions").values(rows),
);

async function insertMentions(trx: Transaction<Schema>, stored: readonly Stored[]): Promise<void> {
  const rows = stored.flatMap(({ message, outcome }) =>
    (message.content?.mentionUserIds ?? []).map((userId) => ({
      user_id: userId,
      room_id: message.roomId,
      seq: outcome.seq,
    })),
  );
  await insertMentionRows(trx, rows);
}

interface CounterWrite {
  readonly roomId: RoomId;
  readonly lastSeq: number;
  readonly revision: number;
  readonly lastMessageAtMs: number;
}

const updateRoom = compiledOnce((db, write: CounterWrite) =>
  db
    .updateTable("rooms")
    .set({ last_seq: write.lastSeq, revision: write.revision, last_message_at: write.lastMessageAtMs })
    .where("id", "=", write.roomId),
);

async function writeCounters(trx: Transaction<Schema>, batch: AppendBatch): Promise<void> {
  for (const roomId of new Set(batch.stored.map(({ message }) => message.roomId))) {
    const { lastSeq, revision, lastMessageAtMs } = batch.counterOf(roomId);
    const write = { roomId, lastSeq, revision, lastMessageAtMs };
    await updateRoom(trx, write, [lastSeq, revision, lastMessageAtMs, roomId]);
  }
}
