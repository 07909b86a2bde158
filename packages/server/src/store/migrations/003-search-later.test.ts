import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Kysely } from "kysely";
import { indexAll } from "../queries/search-index.ts";
import type { Schema } from "../schema.ts";
import { nodeSqliteDialect } from "../sqlite/dialect.ts";
import * as accounts from "./001-accounts.ts";
import * as rooms from "./002-rooms.ts";
import * as searchLater from "./003-search-later.ts";

test("what an older version has stored is found as before, and taken out when it is removed", async () => {
  const database = new DatabaseSync(":memory:");
  await using db = new Kysely<Schema>({ dialect: nodeSqliteDialect(database) });
  const found = () =>
    database
      .prepare("select rowid as key from message_search where message_search match 'word'")
      .all()
      .map(({ key }) => key);
  const store = (seq: number) =>
    database.exec(`
      insert into messages (room_id, seq, revision, id, sender_id, text, created_at, updated_at)
        values ('lobby', ${seq}, 0, '', 'ada', 'word number${seq}', 0, 0)`);

  for (const { up } of [accounts, rooms]) await up(db as unknown as Kysely<never>);
  database.exec(`
    insert into users (id, kind, state, role, display_name, display_key, created_at, updated_at)
      values ('ada', 'guest', 'active', 'guest', 'ada', 'ada', 0, 0)`);
  for (const seq of [1, 2, 3]) store(seq);
  await searchLater.up(db as unknown as Kysely<never>);
  store(4);
  assert.deepEqual(found(), [1, 2, 3]);
  await indexAll(db);
  assert.deepEqual(found(), [1, 2, 3, 4]);
  database.exec("delete from messages where key in (1, 4)");
  assert.deepEqual(found(), [2, 3]);
  database.exec("insert into message_search (message_search) values ('integrity-check')");
});
