import type { Transaction } from "kysely";
import type { RoomId } from "../../../domain/ids.ts";
import { dialectOf } from "../../dialect.ts";
import type { NewMessage } from "../../port/messages.ts";
import { contentOf } from "../../stored-message.ts";
import { toContentRow } from "../../tables/messages.ts";
import type { Schema } from "../../tables/schema.ts";
import { compiledOnce, insertAll } from "../compiled.ts";
import { writeMember } from "../members/records.ts";
import type { Operation } from "../operation.ts";
import { AppendBatch, type Stored } from "./append-batch.ts";
import { insertGuests } from "./append-guests.ts";
import { readBatch } from "./append-reads.ts";

/** Reads and writes once for a batch whatever its messages share. */
export const appendMessages: Operation<"appendMessages"> = async (trx, messages) => {
  const reads = await readBatch(trx, messages);
  const batch = new AppendBatch(reads);
  const outcomes = messages.map((message) => batch.take(message));
  if (batch.stored.length > 0) {
    const admitted = batch.stored.map(({ message }) => message);
    await insertGuests(trx, admitted, reads.guests);
    await insertMessages(trx, batch.stored);
    await dialectOf(trx).search.added(trx, batch.stored);
    await insertMentions(trx, batch.stored);
    await writeCounters(trx, batch);
    for (const { write, member } of batch.direct.entered) await writeMember(trx, write, member);
  }
  return outcomes;
};

const insertTexts = insertAll("messages");
const insertContents = insertAll("messages");

async function insertMessages(trx: Transaction<Schema>, stored: readonly Stored[]): Promise<void> {
  const texts: ReturnType<typeof toTextRow>[] = [];
  const contents: ReturnType<typeof toFullRow>[] = [];
  for (const one of stored) {
    if (one.message.content) contents.push(toFullRow(one, one.message.content));
    else texts.push(toTextRow(one));
  }
  await insertTexts(trx, texts);
  await insertContents(trx, contents);
}

function toPlaceRow({ message, outcome }: Stored) {
  return {
    room_id: message.roomId,
    seq: outcome.seq,
    revision: outcome.revision,
    id: message.id,
    sender_id: message.sender.userId,
    created_at: outcome.createdAtMs,
    updated_at: outcome.createdAtMs,
  };
}

function toTextRow(stored: Stored) {
  return { ...toPlaceRow(stored), text: stored.message.text };
}

function toFullRow(stored: Stored, content: NonNullable<NewMessage["content"]>) {
  return {
    ...toPlaceRow(stored),
    client_message_id: content.clientMessageId || null,
    repeat_key: content.repeatKey,
    content_hash: content.contentHash,
    reply_to_seq: content.replyToSeq,
    thread_root_seq: content.threadRootSeq,
    ...toContentRow(contentOf(stored.message, stored.outcome.expiresAtMs)),
  };
}

const insertMentionRows = insertAll("mentions");

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
