import { type Kysely, sql } from "kysely";
import { messageNow } from "../../domain/message-now.ts";
import type { Message } from "../../domain/messages.ts";
import type { History, HistoryPosition, HistoryQuery, MessageQuery, SeenMessage } from "../port/messages.ts";
import type { Refused } from "../port/outcomes.ts";
import type { Schema } from "../schema.ts";
import { findReadable, firstSeqFor } from "./message-access.ts";
import { selectMessages, toMessage } from "./message-rows.ts";
import { admit } from "./room-access.ts";
import { allSeenBy, seenBy } from "./seen-messages.ts";

export async function getMessage(db: Kysely<Schema>, query: MessageQuery): Promise<SeenMessage | Refused> {
  const found = await findReadable(db, query);
  if (found.kind === "refused") return found;
  return { kind: "done", ...(await seenBy(db, query.actor.id, found.message)) };
}

/** See `MessageStore.listMessages`. Each page is a range of an index, so that its depth costs nothing. */
export async function listMessages(db: Kysely<Schema>, query: HistoryQuery): Promise<History | Refused> {
  // The room before its messages, so that what its revision counts is among them, wherever this runs.
  const allowed = await admit(db, query, "read");
  if (allowed.kind === "refused") return allowed;
  const { room, membership } = allowed;
  const firstSeq = firstSeqFor(room, membership);
  const { messages, hasMore } = await readPage(db, { ...query, firstSeq });
  const now = messages.map((message) => messageNow(message, query.nowMs));
  return {
    kind: "done",
    messages: await allSeenBy(db, query.actor.id, now),
    hasMore,
    roomRevision: room.revision,
  };
}

interface Page {
  readonly messages: readonly Message[];
  readonly hasMore: boolean;
}

type BoundQuery = HistoryQuery & { readonly firstSeq: number };

function readPage(db: Kysely<Schema>, query: BoundQuery): Promise<Page> {
  const { position, limit } = query;
  switch (position.kind) {
    case "latest":
    case "before":
      return readOlder(db, query, { before: beforeOf(position), limit });
    case "after":
      return readNewer(db, query, { after: position.seq, limit });
    case "around":
      return readAround(db, query, position.seq);
    case "since-revision":
      return readChanged(db, query, position.revision);
    default:
      return position satisfies never;
  }
}

function beforeOf(position: Extract<HistoryPosition, { kind: "latest" | "before" }>): number {
  return position.kind === "before" ? position.seq : Number.MAX_SAFE_INTEGER;
}

/** Newest first. */
async function readOlder(
  db: Kysely<Schema>,
  query: BoundQuery,
  { before, limit }: { before: number; limit: number },
): Promise<Page> {
  const rows = await selectRange(db, query)
    .where("messages.seq", ">=", query.firstSeq)
    .where("messages.seq", "<", before)
    .orderBy("messages.seq", "desc")
    .limit(limit + 1)
    .execute();
  return cut(rows.map(toMessage), limit);
}

/** Oldest first. */
async function readNewer(
  db: Kysely<Schema>,
  query: BoundQuery,
  { after, limit }: { after: number; limit: number },
): Promise<Page> {
  const rows = await selectRange(db, query)
    .where("messages.seq", ">", Math.max(after, query.firstSeq - 1))
    .orderBy("messages.seq", "asc")
    .limit(limit + 1)
    .execute();
  return cut(rows.map(toMessage), limit);
}

/** Half of the page before the message, then the message itself and what came after it; oldest first. */
async function readAround(db: Kysely<Schema>, query: BoundQuery, seq: number): Promise<Page> {
  const older = await readOlder(db, query, { before: seq, limit: Math.floor(query.limit / 2) });
  const newer = await readNewer(db, query, { after: seq - 1, limit: query.limit - older.messages.length });
  return {
    messages: [...older.messages.toReversed(), ...newer.messages],
    hasMore: older.hasMore || newer.hasMore,
  };
}

/** What has changed after a revision, in the order of the changes. */
async function readChanged(db: Kysely<Schema>, query: BoundQuery, revision: number): Promise<Page> {
  const { firstSeq, limit } = query;
  const rows = await selectRange(db, query)
    .where("messages.seq", ">=", firstSeq)
    // A message's revision is never less than its seq: that skips what came before one's time.
    .where("messages.revision", ">", Math.max(revision, firstSeq - 1))
    .orderBy("messages.revision", "asc")
    .limit(limit + 1)
    .execute();
  return cut(rows.map(toMessage), limit);
}

/** The conditions that an index has are written out as it has them: a parameter would not match it. */
function selectRange(db: Kysely<Schema>, { roomId, threadRootSeq, pinnedOnly }: BoundQuery) {
  let range = selectMessages(db).where("messages.room_id", "=", roomId);
  if (threadRootSeq > 0) {
    range = range
      .where("messages.thread_root_seq", "=", threadRootSeq)
      .where("messages.thread_root_seq", ">", sql.lit(0));
  }
  return pinnedOnly ? range.where("messages.pinned", "=", sql.lit(1)) : range;
}

function cut(messages: readonly Message[], limit: number): Page {
  return { messages: messages.slice(0, limit), hasMore: messages.length > limit };
}
