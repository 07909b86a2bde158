import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { Kysely } from "kysely";
import type { UserId } from "../../../domain/ids.ts";
import { parseSearchQuery } from "../../../domain/search/query.ts";
import { migrate } from "../../migrations/migrate.ts";
import type { SearchQuery } from "../../port/search.ts";
import { nodeSqliteDialect } from "../../sqlite/dialect.ts";
import { prepareIndexes } from "../../sqlite/search/indexes.ts";
import { indexAll } from "../../sqlite/search/testing.ts";
import type { Schema } from "../../tables/schema.ts";
import { searchWithin } from "./search.ts";

/** More than the index is asked for by name. */
const MANY_ROOMS = 250;
const OTHERS_MESSAGES = 12_000;
const MAX_LOOKED_AT = 5_000;
/** A call takes the last thousand that it began with. */
const MAX_OVER = 1_000;
const [FIRST_LOOK, SECOND_LOOK] = [100, 200];

const query: SearchQuery = {
  actor: { id: "ada" as UserId, role: "user", roleUntilMs: null, state: { kind: "active" } },
  words: parseSearchQuery("needle", "query"),
  ...{ roomIds: [], senderId: "", before: 0, limit: 10, nowMs: 0 },
};

/**
 * Ada is in many rooms, and has the oldest and the newest message with the word. All others are in a room that she is
 * not in.
 */
async function manyRooms({ isIndexed }: { readonly isIndexed: boolean }) {
  const database = new DatabaseSync(":memory:");
  const db = new Kysely<Schema>({ dialect: nodeSqliteDialect(database) });
  await migrate(db);
  await prepareIndexes(db);
  const room = database.prepare(
    "insert into rooms (id, kind, created_at, updated_at) values (?, 'group', 0, 0)",
  );
  const member = database.prepare(`
    insert into members (room_id, user_id, state, role, joined_seq, read_seq, revision, updated_at)
      values (?, 'ada', 'joined', 'member', 0, 0, 0, 0)`);
  const message = database.prepare(`
    insert into messages (room_id, seq, revision, id, sender_id, text, created_at, updated_at)
      values (?, ?, 0, '', 'ada', 'a needle', 0, 0)`);
  database.exec(`
    begin;
    insert into users (id, kind, state, role, display_name, display_key, created_at, updated_at)
      values ('ada', 'human', 'active', 'user', 'ada', 'ada', 0, 0)`);
  room.run("elsewhere");
  for (let index = 0; index < MANY_ROOMS; index++) {
    room.run(`room-${index}`);
    member.run(`room-${index}`);
  }
  message.run("room-0", 1);
  for (let seq = 1; seq <= OTHERS_MESSAGES; seq++) message.run("elsewhere", seq);
  message.run("room-1", 1);
  database.exec("commit");
  if (isIndexed) await indexAll(db);
  return { db, [Symbol.asyncDispose]: () => db.destroy() };
}

/** A clock that goes on by this much whenever it is asked. */
function clock(stepMs: number): () => number {
  let nowMs = 0;
  return () => {
    nowMs += stepMs;
    return nowMs;
  };
}

for (const isIndexed of [true, false]) {
  describe(`a member of more than 200 rooms searches ${isIndexed ? "in the index" : "what is not indexed"}`, () => {
    test("and finds what they may read, page after page; no call looks at much more than 5,000 messages", async () => {
      await using example = await manyRooms({ isIndexed });
      const found: string[] = [];
      let calls = 0;
      for (let before = 0, isOver = false; !isOver; calls++) {
        const { messages, next } = await searchWithin(example.db, { ...query, before }, clock(0));
        found.push(...messages.map(({ message }) => message.roomId));
        const from = before === 0 ? OTHERS_MESSAGES + 2 : before;
        assert.ok(from - next <= MAX_LOOKED_AT + MAX_OVER, `it went from ${from} to ${next}`);
        before = next;
        isOver = next === 0;
      }
      assert.deepEqual(found, ["room-1", "room-0"]);
      assert.ok(calls >= 3, `${calls} calls`);
    });

    test("and a call whose 25 ms are over ends after its second look, and says where to go on", async () => {
      await using example = await manyRooms({ isIndexed });
      // With all indexed, the first look is at the messages that are not: at none.
      const { messages, next } = await searchWithin(example.db, query, clock(12));
      assert.deepEqual(
        [messages.map(({ message }) => message.roomId), next],
        [["room-1"], OTHERS_MESSAGES + 3 - (isIndexed ? FIRST_LOOK : FIRST_LOOK + SECOND_LOOK)],
      );
    });
  });
}
