import { type Kysely, sql } from "kysely";
import { type Message, messageNow } from "../../../domain/messages/message.ts";
import { cutPage, halfPage, type PageBounds } from "../../../domain/pages.ts";
import type { HistoryPosition, HistoryQuery } from "../../port/messages.ts";
import { selectMessages, standsAt, toMessage } from "../../tables/messages.ts";
import type { Schema } from "../../tables/schema.ts";
import type { Operation } from "../operation.ts";
import { admit } from "../rooms/access.ts";
import { findReadable, firstSeqFor } from "./access.ts";
import { allSeenBy, seenBy } from "./seen.ts";

export const getMessage: Operation<"getMessage"> = async (db, query) => {
  const { message } = await findReadable(db, query);
  return seenBy(db, query.actor.id, message);
};

/** Each page is a range of an index, so that its depth costs nothing. */
export const listMessages: Operation<"listMessages"> = async (db, query) => {
  // The room before its messages, so that what its revision counts is among them, wherever this runs.
  const { room, membership } = await admit(db, query, "read");
  const firstSeq = firstSeqFor(room, membership);
  const { messages, hasMore } = await readPage(db, { ...query, firstSeq });
  const now = messages.map((message) => messageNow(message, query.nowMs));
  return {
    messages: await allSeenBy(db, query.actor.id, now),
    hasMore,
    roomRevision: room.revision,
  };
};

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
      return readOlder(db, query, { before: beforeOf(position), bounds: { limit } });
    case "after":
      return readNewer(db, query, { after: position.seq, bounds: { limit } });
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
  { before, bounds }: { before: number; bounds: PageBounds },
): Promise<Page> {
  const rows = await selectRange(db, query)
    .where("messages.seq", ">=", query.firstSeq)
    .where("messages.seq", "<", before)
    .orderBy("messages.seq", "desc")
    .limit(bounds.limit + 1)
    .execute();
  return cut(rows.map(toMessage), bounds);
}

/** Oldest first. */
async function readNewer(
  db: Kysely<Schema>,
  query: BoundQuery,
  { after, bounds }: { after: number; bounds: PageBounds },
): Promise<Page> {
  const rows = await selectRange(db, query)
    .where("messages.seq", ">", Math.max(after, query.firstSeq - 1))
    .orderBy("messages.seq", "asc")
    .limit(bounds.limit + 1)
    .execute();
  return cut(rows.map(toMessage), bounds);
}

/** Half of the page before the message, then the message itself and what came after it; oldest first. */
async function readAround(db: Kysely<Schema>, query: BoundQuery, seq: number): Promise<Page> {
  const { limit } = query;
  const older = await readOlder(db, query, { before: seq, bounds: halfPage(Math.floor(limit / 2)) });
  const newer = await readNewer(db, query, {
    after: seq - 1,
    bounds: halfPage(limit - older.messages.length),
  });
  return {
    messages: [...older.messages.toReversed(), ...newer.messages],
    hasMore: older.hasMore || newer.hasMore,
  };
}

/** Reads the messages that have changed after a revision, in the order of the changes. */
async function readChanged(db: Kysely<Schema>, query: BoundQuery, revision: number): Promise<Page> {
  const { firstSeq, limit } = query;
  const rows = await selectRange(db, query)
    .where("messages.seq", ">=", firstSeq)
    // A message's revision is never less than its seq: this skips messages that the actor may not read.
    .where("messages.revision", ">", Math.max(revision, firstSeq - 1))
    .orderBy("messages.revision", "asc")
    .limit(limit + 1)
    .execute();
  return cut(rows.map(toMessage), { limit });
}

/** The conditions that an index has are written out as it has them: a parameter would not match it. */
function selectRange(db: Kysely<Schema>, { roomId, threadRootSeq, pinnedOnly, nowMs }: BoundQuery) {
  let range = selectMessages(db).where("messages.room_id", "=", roomId);
  if (threadRootSeq > 0) {
    range = range
      .where("messages.thread_root_seq", "=", threadRootSeq)
      .where("messages.thread_root_seq", ">", sql.lit(0));
  }
  if (!pinnedOnly) return range;
  return range
    .where("messages.pinned", "=", sql.lit(1))
    .where("users.messages_erased", "=", 0)
    .where(standsAt(nowMs));
}

function cut(found: readonly Message[], bounds: PageBounds): Page {
  const messages = cutPage(found, bounds);
  return { messages, hasMore: found.length > messages.length };
}
