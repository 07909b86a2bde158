import { type Kysely, type RawBuilder, sql } from "kysely";
import { decide } from "../../domain/decide.ts";
import type { RoomId } from "../../domain/ids.ts";
import { messageNow } from "../../domain/message-now.ts";
import type { Message } from "../../domain/messages.ts";
import type { SearchTerm } from "../../domain/search-query.ts";
import type { SearchQuery, SearchResult } from "../port/messages.ts";
import type { Refused } from "../port/outcomes.ts";
import type { Schema } from "../schema.ts";
import { firstSeqFor } from "./message-access.ts";
import { selectMessages, toMessage } from "./message-rows.ts";
import { type Standing, toRefused } from "./room-access.ts";
import { selectMembers, selectRooms, toMember, toRoom } from "./room-rows.ts";
import { indexAll } from "./search-index.ts";
import { allSeenBy } from "./seen-messages.ts";

/** How many messages with the words one call looks at, to find those that the actor may read: some 20 ms. */
const MAX_LOOKED_AT = 50_000;
/** How often a page is filled up, where rules forbade what the index gave. */
const MAX_ROUNDS = 4;

/**
 * See `MessageStore.searchMessages`. The search index knows nothing of rooms: it gives the newest messages with
 * the words, of which those in the actor's rooms are taken, and then the rules are asked about each room. What waits
 * to be indexed is indexed first: what has been acknowledged is found.
 */
export async function searchMessages(
  db: Kysely<Schema>,
  query: SearchQuery,
): Promise<SearchResult | Refused> {
  await indexAll(db);
  const standings = new Map<string, Standing>();
  await addStandings(db, query, query.roomIds, standings);
  for (const roomId of query.roomIds) {
    const decision = decide(query.actor, "read", standings.get(roomId) ?? NO_ROOM, query.nowMs);
    if (!decision.allowed) return { ...toRefused(decision), field: "room_ids" };
  }

  const found: Message[] = [];
  let before = query.before === 0 ? Number.MAX_SAFE_INTEGER : query.before;
  for (let round = 0; round < MAX_ROUNDS && found.length < query.limit; round++) {
    const wanted = query.limit - found.length;
    const places = await findPlaces(db, { ...query, before }, wanted + 1);
    const newRooms = places.map(({ roomId }) => roomId).filter((roomId) => !standings.has(roomId));
    await addStandings(db, query, newRooms, standings);
    const taken = places.slice(0, wanted);
    const readable = taken.filter((place) => isReadable(query, place, standings.get(place.roomId)));
    found.push(...(await readMessages(db, readable, query.nowMs)));
    if (places.length <= wanted) return done(db, query, found, await endOfLook(db, query, before));
    before = taken.at(-1)?.key ?? before;
  }
  return done(db, query, found, before);
}

async function done(
  db: Kysely<Schema>,
  { actor }: SearchQuery,
  found: readonly Message[],
  next: number,
): Promise<SearchResult> {
  return { kind: "done", messages: await allSeenBy(db, actor.id, found), next };
}

interface Place {
  readonly key: number;
  readonly roomId: RoomId;
  readonly seq: number;
}

/** The newest places of the words in the actor's rooms, or in those that are named. */
async function findPlaces(db: Kysely<Schema>, query: SearchQuery, limit: number): Promise<readonly Place[]> {
  const { actor, roomIds, senderId } = query;
  const inRooms =
    roomIds.length === 0
      ? sql`members.state = 'joined'`
      : sql`messages.room_id in (${sql.join(roomIds.map((roomId) => sql`${roomId}`))})`;
  const { rows } = await sql<{ key: number; room_id: string; seq: number }>`
    select hits.key, messages.room_id, messages.seq
    from (${hits(query)}) as hits
    cross join messages on messages.key = hits.key
    left join members on members.room_id = messages.room_id and members.user_id = ${actor.id}
    cross join rooms on rooms.id = messages.room_id
    where ${inRooms}
      and ${senderId === "" ? sql`1` : sql`messages.sender_id = ${senderId}`}
      and messages.seq >= rooms.first_seq
      and (rooms.history_visibility = 'full' or members.user_id is null or messages.seq > members.joined_seq)
    order by hits.key desc
    limit ${limit}`.execute(db);
  return rows.map((row) => ({ key: Number(row.key), roomId: row.room_id as RoomId, seq: Number(row.seq) }));
}

/** Where the messages end that a call looks at, if there are more of them; else 0. */
async function endOfLook(db: Kysely<Schema>, query: SearchQuery, before: number): Promise<number> {
  const { rows } = await sql<{ count: number; last: number | null }>`
    select count(*) as count, min(hits.key) as last from (${hits({ ...query, before })}) as hits`.execute(db);
  const [{ count, last } = { count: 0, last: null }] = rows;
  return Number(count) < MAX_LOOKED_AT ? 0 : Number(last);
}

function hits({ terms, before }: SearchQuery): RawBuilder<unknown> {
  return sql`select message_search.rowid as key from message_search
    where message_search match ${toMatch(terms)} and message_search.rowid < ${before}
    order by message_search.rowid desc limit ${sql.lit(MAX_LOOKED_AT)}`;
}

/** Every term is a string to FTS5, in which nothing is an operator; side by side, all of them must be there. */
function toMatch(terms: readonly SearchTerm[]): string {
  return terms.map(({ text, isPrefix }) => `"${text.replaceAll('"', '""')}"${isPrefix ? "*" : ""}`).join(" ");
}

const NO_ROOM: Standing = { room: null, membership: null, lastPost: null, isBlocked: false };

/** Blocks don't matter here: who is blocked may read what was written before. */
async function addStandings(
  db: Kysely<Schema>,
  { actor }: SearchQuery,
  roomIds: readonly RoomId[],
  standings: Map<string, Standing>,
): Promise<void> {
  if (roomIds.length === 0) return;
  const ids = [...new Set(roomIds)];
  const rooms = await selectRooms(db).where("rooms.id", "in", ids).execute();
  const members = await selectMembers(db)
    .where("members.room_id", "in", ids)
    .where("members.user_id", "=", actor.id)
    .execute();
  const memberOf = new Map(members.map((row) => [row.room_id, toMember(row)]));
  for (const row of rooms) {
    standings.set(row.id, { ...NO_ROOM, room: toRoom(row), membership: memberOf.get(row.id) ?? null });
  }
}

function isReadable({ actor, nowMs }: SearchQuery, { seq }: Place, standing: Standing | undefined): boolean {
  if (!standing?.room || !decide(actor, "read", standing, nowMs).allowed) return false;
  return seq >= firstSeqFor(standing.room, standing.membership);
}

async function readMessages(
  db: Kysely<Schema>,
  places: readonly Place[],
  nowMs: number,
): Promise<readonly Message[]> {
  if (places.length === 0) return [];
  const keys = places.map(({ key }) => key);
  const rows = await selectMessages(db)
    .where("messages.key", "in", keys)
    .orderBy("messages.key", "desc")
    .execute();
  return rows.map((row) => messageNow(toMessage(row), nowMs)).filter(({ deleted }) => !deleted);
}
