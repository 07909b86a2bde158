import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import fc from "fast-check";
import { Kysely } from "kysely";
import { migrate } from "../migrations/migrate.ts";
import type { Schema } from "../schema.ts";
import { scrub } from "../sqlite/database.ts";
import { nodeSqliteDialect } from "../sqlite/dialect.ts";
import { indexAll, indexSome } from "./search-index.ts";

const text: fc.Arbitrary<string> = fc.constantFrom("", "red", "red green", "green blue blue", "état", "blue");
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
/** What may happen to messages, stored or not yet indexed; a place is among those that there are. */
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
);
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;

test("whatever happens to messages, the index has exactly the words of those before its mark", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 40, size: "max" }), async (acts) => {
      await using example = await open();
      for (const each of acts) await example.perform(each);
      example.check();
      await indexAll(example.db);
      example.check();
      assert.equal(example.waiting(), 0);
    }),
  );
});

test("a step has a bound: a thousand messages, or as many as begin within a million characters", async () => {
  await using example = await open();
  await example.perform({ kind: "store", texts: Array.from({ length: 1_500 }, () => "red") });
  assert.deepEqual([await indexSome(example.db), example.waiting()], [1_000, 500]);
  assert.deepEqual([await indexSome(example.db), example.waiting()], [500, 0]);
  assert.equal(await indexSome(example.db), 0);
  await example.perform({ kind: "store", texts: Array.from({ length: 5 }, () => "red ".repeat(100_000)) });
  assert.deepEqual([await indexSome(example.db), example.waiting()], [3, 2]);
  assert.deepEqual([await indexSome(example.db), example.waiting()], [2, 0]);
  example.check();
});

async function open() {
  const database = new DatabaseSync(":memory:");
  const db = new Kysely<Schema>({ dialect: nodeSqliteDialect(database) });
  await migrate(db);
  database.exec(`
    pragma secure_delete = on;
    insert into users (id, kind, state, role, display_name, display_key, created_at, updated_at)
      values ('ada', 'guest', 'active', 'guest', 'ada', 'ada', 0, 0);
    create virtual table temp.has using fts5vocab (main, message_search, instance);
    create virtual table temp.should using fts5 (text, tokenize = "unicode61 remove_diacritics 2");
    create virtual table temp.should_have using fts5vocab (temp, should, instance)`);
  const insert = database.prepare(`
    insert into messages (room_id, seq, revision, id, sender_id, text, created_at, updated_at)
      values ('lobby', ?, 0, '', 'ada', ?, 0, 0)`);
  let lastSeq = 0;

  function numberOf(sql: string): number {
    return Number(Object.values(database.prepare(sql).get() ?? {})[0]);
  }

  /** The key of the message there, among all that there are. */
  function keyAt(at: number): number {
    const offset = Math.floor(at * numberOf("select count(*) from messages"));
    return numberOf(`select key from messages order by key limit 1 offset ${offset}`);
  }

  return {
    db,
    waiting: () => numberOf("select count(*) from messages, search_progress where key > indexed_key"),

    async perform(each: Act): Promise<void> {
      switch (each.kind) {
        case "store":
          for (const stored of each.texts) insert.run(++lastSeq, stored);
          return;
        case "edit":
          database.prepare("update messages set text = ? where key = ?").run(each.text, keyAt(each.place));
          return;
        case "remove one":
          database.prepare("delete from messages where key = ?").run(keyAt(each.place));
          return;
        case "remove from there on":
          database.prepare("delete from messages where key >= ?").run(keyAt(each.place));
          return;
        case "remove all":
          database.exec("delete from messages");
          return;
        case "index":
          await indexSome(db);
          return;
        case "scrub":
          scrub(database);
      }
    },

    check(): void {
      database.exec(`
        insert into message_search (message_search) values ('integrity-check');
        delete from temp.should;
        insert into temp.should (rowid, text)
          select key, text from messages, search_progress where key <= indexed_key and text <> ''`);
      const words = (table: string) =>
        database.prepare(`select term, doc, offset from temp.${table} order by term, doc, offset`).all();
      assert.deepEqual(words("has"), words("should_have"));
      const messages = (table: string) => database.prepare(`select id from ${table} order by id`).all();
      assert.deepEqual(messages("message_search_docsize"), messages("temp.should_docsize"));
    },

    async [Symbol.asyncDispose]() {
      await db.destroy();
    },
  };
}
