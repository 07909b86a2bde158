import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Kysely } from "kysely";
import { migrate } from "../migrations/migrate.ts";
import type { Schema } from "../tables/schema.ts";
import { emptyLog, openDatabase } from "./database.ts";
import { nodeSqliteDialect } from "./dialect.ts";
import { Purging } from "./purging.ts";
import { forgetTokens } from "./search/index-messages.ts";
import { prepareIndexes, readServing } from "./search/indexes.ts";
import { indexAll } from "./search/testing.ts";

const MESSAGES = 3_000;
const REMOVED = 100;
const INDEXED_AT_ONCE = 500;
const DELAY_MS = 60_000;
/** Longer than any pause between two steps. */
const PAUSE_MS = 10_000;

async function example(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "confab-test-"));
  const database = openDatabase(join(folder, "a.db"));
  const db = new Kysely<Schema>({ dialect: nodeSqliteDialect(database) });
  await migrate(db);
  await prepareIndexes(db);
  database.exec(`
    insert into users (id, kind, state, role, display_name, display_key, created_at, updated_at)
      values ('ada', 'guest', 'active', 'guest', 'ada', 'ada', 0, 0)`);
  const insert = database.prepare(`
    insert into messages (room_id, seq, revision, id, sender_id, text, created_at, updated_at)
      values ('lobby', ?, 0, '', 'ada', ?, 0, 0)`);
  for (let seq = 1; seq <= MESSAGES; seq += INDEXED_AT_ONCE) {
    database.exec("begin");
    for (let next = seq; next < seq + INDEXED_AT_ONCE; next++) {
      insert.run(next, `all ${next <= REMOVED ? `canary${next}` : `word${next}`}`);
    }
    database.exec("commit");
    await indexAll(db);
  }
  context.after(async () => {
    await db.destroy();
    rmSync(folder, { recursive: true });
  });
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const tasks: (() => Promise<void>)[] = [];
  let purges = 0;
  const purging = new Purging({
    db,
    schedule: (task) => void tasks.push(task),
    nowMs: () => 0,
    onStep() {},
    onDone: () => purges++,
  });
  return {
    db,
    purging,
    purges: () => purges,
    async forget(from: number, to: number): Promise<void> {
      await db.transaction().execute(async (trx) => {
        const gone = trx.selectFrom("messages").select("key").where("key", ">=", from).where("key", "<=", to);
        await forgetTokens(trx, gone);
        await trx.deleteFrom("messages").where("key", ">=", from).where("key", "<=", to).execute();
      });
    },
    traces(): boolean {
      emptyLog(database);
      return readdirSync(folder).some((name) => /canary/.test(readFileSync(join(folder, name), "latin1")));
    },
    /** Lets the time pass, and does what is due. Returns the number of steps. */
    async pass(ms: number): Promise<number> {
      let steps = 0;
      context.mock.timers.tick(ms);
      for (let task = tasks.shift(); task; task = tasks.shift()) {
        await task();
        steps++;
        if (ms === DELAY_MS) context.mock.timers.tick(PAUSE_MS);
      }
      return steps;
    },
    find: (word: string): unknown =>
      database.prepare("select count(*) as count from search_words_1 where search_words_1 match ?").get(word)
        ?.count,
  };
}

test("a minute after words were forgotten they leave the index's pages, step after step", async (context) => {
  const { db, purging, purges, forget, traces, pass, find } = await example(context);
  assert.ok(traces());
  await forget(1, REMOVED);
  purging.ask();
  assert.equal(find("all"), MESSAGES - REMOVED);
  assert.equal(await pass(DELAY_MS - 1), 0);
  assert.ok((await pass(DELAY_MS)) > 1);
  assert.deepEqual([purges(), (await readServing(db)).purge, traces()], [1, "none", false]);
  assert.equal(find("all"), MESSAGES - REMOVED);
});

test("what is forgotten while a purge runs is for the next one", async (context) => {
  const { db, purges, forget, traces, pass } = await example(context);
  await forget(1, REMOVED / 2);
  context.mock.timers.tick(DELAY_MS);
  await pass(0);
  await forget(REMOVED / 2 + 1, REMOVED);
  while (purges() === 0) await pass(PAUSE_MS / 10);
  assert.equal((await readServing(db)).purge, "requested");
  await pass(DELAY_MS);
  assert.deepEqual([purges(), (await readServing(db)).purge, traces()], [2, "none", false]);
});

test("where nothing was forgotten nothing is done", async (context) => {
  const { purges, pass } = await example(context);
  assert.equal(await pass(DELAY_MS), 1);
  assert.equal(purges(), 0);
});
