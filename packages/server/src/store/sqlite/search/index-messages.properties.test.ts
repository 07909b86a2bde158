import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import fc from "fast-check";
import { Kysely, sql } from "kysely";
import type { RoomId } from "../../../domain/ids.ts";
import { matches } from "../../../domain/search/matches.ts";
import { parseSearchQuery } from "../../../domain/search/query.ts";
import { toIndexed, tokenize } from "../../../domain/search/tokenizer.ts";
import { migrate } from "../../migrations/migrate.ts";
import type { Schema } from "../../tables/schema.ts";
import { scrub } from "../database.ts";
import { nodeSqliteDialect } from "../dialect.ts";
import { forgetTokens, indexSome, rebuildSome, replaceTokens } from "./index-messages.ts";
import { prepareIndexes, readIndexes, readServing } from "./indexes.ts";
import { toMatch } from "./match.ts";
import { purgeSome, startPurge } from "./purge.ts";
import { indexAll } from "./testing.ts";

const room = "room-1" as RoomId;
const words = ["", "red", "red green", "green blue blue", "état", "bluebird", "上海市", "blue 👍"];
const text: fc.Arbitrary<string> = fc.constantFrom(...words);
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
/** Something that happens to messages, stored or not yet indexed. A place is among the messages that there are. */
const act = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("store"), texts: fc.array(text, { maxLength: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("edit"), place, text }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove one"), place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove from there on"), place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove all") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("index") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("scrub") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("start to purge") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("purge") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("new tokenizer") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rebuild") }) },
);
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;

test("whatever happens to messages, each index has exactly the tokens of those up to its mark", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 40, size: "max" }), async (acts) => {
      await using example = await open();
      for (const each of acts) await example.perform(each);
      await example.check();
      await indexAll(example.db);
      while (await rebuildSome(example.db));
      await example.check();
      assert.equal(await example.waiting(), 0);
    }),
  );
});

test("a step has a bound: a thousand messages, or as many as begin within a million characters", async () => {
  await using example = await open();
  await example.perform({ kind: "store", texts: Array.from({ length: 1_500 }, () => "red") });
  assert.deepEqual([await indexSome(example.db), await example.waiting()], [1_000, 500]);
  assert.deepEqual([await indexSome(example.db), await example.waiting()], [500, 0]);
  assert.equal(await indexSome(example.db), 0);
  await example.perform({ kind: "store", texts: Array.from({ length: 5 }, () => "red ".repeat(100_000)) });
  assert.deepEqual([await indexSome(example.db), await example.waiting()], [3, 2]);
  assert.deepEqual([await indexSome(example.db), await example.waiting()], [2, 0]);
  await example.check();
});

test("a newer tokenizer's index takes over once it has everything, and the next start drops the older one", async () => {
  await using example = await open();
  await example.perform({ kind: "store", texts: Array.from({ length: 2_500 }, () => "red") });
  await indexAll(example.db);
  await prepareIndexes(example.db, 1_000);
  const versions: number[] = [];
  do versions.push((await readServing(example.db)).version);
  while (await rebuildSome(example.db));
  assert.equal(new Set(versions).size, 1, "the older one answers meanwhile");
  assert.equal((await readServing(example.db)).version, 1_000);
  await example.check();
  await prepareIndexes(example.db, 1_000);
  assert.equal((await readIndexes(example.db)).length, 1);
  await example.check();
});

test("the index finds what a comparison word for word finds", async () => {
  const query = fc
    .array(
      fc.constantFrom("red", "gre", "blue", "blu*", "-red", '"red green"', "ETAT", "上海", "海", "市", "👍"),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((parts) => parts.join(" "))
    .filter((parts) => /(^| )[^-]/u.test(parts));
  await using example = await open();
  await example.perform({
    kind: "store",
    texts: words.flatMap((one) => words.map((other) => `${one} ${other}`)),
  });
  await indexAll(example.db);
  const stored = await example.db.selectFrom("messages").select(["key", "text"]).orderBy("key").execute();
  await fc.assert(
    fc.asyncProperty(query, async (asked) => {
      const search = parseSearchQuery(asked, "query");
      const expected = stored.filter((row) => matches(tokenize(row.text), search)).map(({ key }) => key);
      assert.deepEqual(await example.find(toMatch(search, [room])), expected);
      assert.deepEqual(await example.find(toMatch(search, null)), expected);
      assert.deepEqual(await example.find(toMatch(search, ["room-2"])), []);
    }),
  );
});

async function open() {
  const database = new DatabaseSync(":memory:");
  const db = new Kysely<Schema>({ dialect: nodeSqliteDialect(database) });
  await migrate(db);
  await prepareIndexes(db);
  database.exec(`
    pragma secure_delete = on;
    insert into users (id, kind, state, role, display_name, display_key, created_at, updated_at)
      values ('ada', 'guest', 'active', 'guest', 'ada', 'ada', 0, 0);
    insert into rooms (id, kind, created_at, updated_at) values ('${room}', 'group', 0, 0)`);
  const insert = database.prepare(`
    insert into messages (room_id, seq, revision, id, sender_id, text, created_at, updated_at)
      values ('${room}', ?, 0, '', 'ada', ?, 0, 0)`);
  let lastSeq = 0;
  let version = 1;

  /** The message there, among all that there are. */
  async function at(place: number): Promise<{ readonly key: number; readonly seq: number } | undefined> {
    const rows = await db.selectFrom("messages").select(["key", "seq"]).orderBy("key").execute();
    return rows[Math.floor(place * rows.length)];
  }

  async function remove(where: "=" | ">=", key: number): Promise<void> {
    await db.transaction().execute(async (trx) => {
      await forgetTokens(trx, trx.selectFrom("messages").select("key").where("key", where, key));
      await trx.deleteFrom("messages").where("key", where, key).execute();
    });
  }

  return {
    db,

    async waiting(): Promise<number> {
      const { indexedKey } = await readServing(db);
      return (await db.selectFrom("messages").select("key").where("key", ">", indexedKey).execute()).length;
    },

    async find(match: string | null): Promise<readonly number[]> {
      const { rows } = await sql<{ rowid: number }>`
        select rowid from search_words_1 where search_words_1 match ${match} order by rowid`.execute(db);
      return rows.map(({ rowid }) => rowid);
    },

    async perform(each: Act): Promise<void> {
      switch (each.kind) {
        case "store":
          for (const stored of each.texts) insert.run(++lastSeq, stored);
          return;
        case "edit": {
          const message = await at(each.place);
          if (!message) return;
          await db.transaction().execute(async (trx) => {
            await trx
              .updateTable("messages")
              .set({ text: each.text })
              .where("key", "=", message.key)
              .execute();
            await replaceTokens(trx, { roomId: room, seq: message.seq });
          });
          return;
        }
        case "remove one":
          return remove("=", (await at(each.place))?.key ?? 0);
        case "remove from there on":
          return remove(">=", (await at(each.place))?.key ?? 0);
        case "remove all":
          return remove(">=", 0);
        case "index":
          await indexSome(db);
          return;
        case "scrub":
          scrub(database);
          return;
        case "start to purge":
          await startPurge(db);
          return;
        case "purge":
          await purgeSome(db);
          return;
        case "new tokenizer":
          return prepareIndexes(db, ++version);
        case "rebuild":
          await rebuildSome(db);
      }
    },

    async check(): Promise<void> {
      for (const { id, indexedKey } of await readIndexes(db)) {
        database.exec(
          `insert into search_words_${id} (search_words_${id}, rank) values ('integrity-check', 1)`,
        );
        const stored = database
          .prepare("select key, text from messages where key <= ? order by key")
          .all(indexedKey);
        const expected = stored
          .map((row) => ({ key: row.key, tokens: toIndexed(String(row.text)) }))
          .filter(({ tokens }) => tokens !== "");
        const kept = database.prepare(`select key, tokens from search_tokens_${id} order by key`).all();
        assert.deepEqual(
          kept.map((row) => ({ ...row })),
          expected,
        );
      }
    },

    async [Symbol.asyncDispose]() {
      await db.destroy();
    },
  };
}
