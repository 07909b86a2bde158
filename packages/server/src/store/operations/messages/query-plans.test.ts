import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { type CompiledQuery, Kysely } from "kysely";
import type { Actor } from "../../../domain/access/callers.ts";
import type { AuditEntry } from "../../../domain/admin/audit.ts";
import { LOBBY, type UserId } from "../../../domain/ids.ts";
import { migrate } from "../../migrations/migrate.ts";
import type { HistoryPosition, HistoryQuery } from "../../port/messages.ts";
import { PLAIN_CONTENT } from "../../port/plain-content.ts";
import { nodeSqliteDialect } from "../../sqlite/dialect.ts";
import { prepareIndexes } from "../../sqlite/search/indexes.ts";
import { indexAll } from "../../sqlite/search/testing.ts";
import type { Schema } from "../../tables/schema.ts";
import { runOperation } from "../locks.ts";
import { getRoom } from "../rooms/rooms.ts";
import { searchMessages } from "../search/search.ts";
import { run } from "../testing.ts";
import { appendMessages } from "./append.ts";
import { deleteMessage } from "./changes.ts";
import { listMessages } from "./history.ts";
import { listReactions } from "./reaction-list.ts";
import { setReaction } from "./reactions.ts";

const actor: Actor = { id: "ada" as UserId, role: "service", roleUntilMs: null, state: { kind: "active" } };
const nowMs = 1_000;

const message = { roomId: LOBBY, sender: { kind: "user", userId: actor.id }, text: "word", nowMs } as const;
const repeated = {
  ...message,
  id: "4",
  content: { ...PLAIN_CONTENT, clientMessageId: "mine", repeatKey: "hashed", contentHash: "content" },
};

const audit: AuditEntry = {
  ...{ atMs: nowMs, actorId: actor.id, serviceId: null, targetId: null, address: "", detail: "" },
  action: "message-deleted",
};

const database = new DatabaseSync(":memory:");
const asked: CompiledQuery[] = [];
const db = new Kysely<Schema>({
  dialect: nodeSqliteDialect(database),
  log: ({ query }) => {
    asked.push(query);
  },
});
after(() => db.destroy());

before(async () => {
  await migrate(db);
  await prepareIndexes(db);
  await db
    .insertInto("users")
    .values({
      ...{
        id: "ada",
        kind: "bot",
        state: "active",
        suspended_until: null,
        role: "service",
        role_until: null,
      },
      ...{ handle: "ada", handle_key: "ada", display_name: "", display_key: "", external_subject: null },
      ...{ created_at: 0, updated_at: 0 },
    })
    .execute();
  const sends = [0, 1, 1, 0].map((threadRootSeq, index) => ({
    ...message,
    id: `${index}`,
    content: { ...PLAIN_CONTENT, threadRootSeq },
  }));
  await run(db, appendMessages, [...sends, repeated]);
  const reaction = { actor, roomId: LOBBY, seq: 2, emoji: "+", removed: false, nowMs };
  await run(db, setReaction, reaction);
  await indexAll(db);
});

/** SQLite's plans for the queries of an operation, one line for each step. */
async function plansOf(operation: () => Promise<unknown>): Promise<readonly string[]> {
  asked.length = 0;
  await operation();
  return asked
    .filter(({ sql }) => sql.startsWith("select") || sql.startsWith("\n"))
    .flatMap(({ sql, parameters }) =>
      database.prepare(`explain query plan ${sql}`).all(...(parameters as string[])),
    )
    .map(({ detail }) => String(detail));
}

function list(position: HistoryPosition, narrowed: Partial<HistoryQuery> = {}) {
  const page = { threadRootSeq: 0, pinnedOnly: false, limit: 2, ...narrowed };
  return plansOf(() => run(db, listMessages, { actor, roomId: LOBBY, position, nowMs, ...page }));
}

function assertRanges(plans: readonly string[], index: string): void {
  const text = plans.join("\n");
  assert.match(text, new RegExp(`SEARCH messages USING INDEX ${index} `));
  assert.doesNotMatch(text, /SCAN (?!CONSTANT ROW)|TEMP B-TREE/);
}

test("every page of history is a range of an index, in its order", async () => {
  assertRanges(await list({ kind: "latest" }), "messages_by_seq");
  assertRanges(await list({ kind: "before", seq: 3 }), "messages_by_seq");
  assertRanges(await list({ kind: "after", seq: 1 }), "messages_by_seq");
  assertRanges(await list({ kind: "around", seq: 2 }), "messages_by_seq");
  assertRanges(await list({ kind: "since-revision", revision: 1 }), "messages_by_revision");
});

test("threads and pinned messages have an index of their own", async () => {
  assertRanges(await list({ kind: "latest" }, { threadRootSeq: 1 }), "messages_by_thread");
  assertRanges(await list({ kind: "after", seq: 1 }, { threadRootSeq: 1 }), "messages_by_thread");
  assertRanges(await list({ kind: "latest" }, { pinnedOnly: true }), "messages_pinned");
});

test("the caller's reactions are looked up by the messages of the page", async () => {
  const plans = await list({ kind: "latest" }, { limit: 100 });
  assert.match(plans.join("\n"), /SEARCH reactions USING .*\(room_id=\? AND seq=\?/);
});

test("a search starts at the search index, and stops when its page is full", async () => {
  const words = { wanted: [{ tokens: ["word"], isPrefix: false }], excluded: [] };
  const query = { actor, words, roomIds: [LOBBY], senderId: "", before: 0, limit: 2, nowMs };
  const plans = await plansOf(() => run(db, searchMessages, query));
  assert.match(plans.join("\n"), /SCAN search_words_1 VIRTUAL TABLE INDEX/);
  assert.match(plans.join("\n"), /SEARCH messages USING INTEGER PRIMARY KEY/);
  assert.doesNotMatch(plans.join("\n"), /SCAN (messages|rooms|members)\b|TEMP B-TREE/);
});

test("a repeat of a send is found by an index, and so is one of a deleted message", async () => {
  const send = () => plansOf(() => run(db, appendMessages, [repeated]));
  const standing = (await send()).join("\n");
  assert.match(
    standing,
    /SEARCH messages USING INDEX messages_by_client_id \(sender_id=\? AND client_message_id=\?\)/,
  );
  // The sender has no tombstone: that is all that is asked of theirs.
  assert.match(
    standing,
    /SEARCH messages USING COVERING INDEX messages_by_repeat_key \(sender_id=\? AND repeat_key>\?\)/,
  );
  assert.doesNotMatch(standing, /SCAN messages|repeat_key=/);
  await run(db, deleteMessage, { actor, roomId: LOBBY, seq: 5, nowMs, audit });
  const deleted = (await send()).join("\n");
  assert.match(
    deleted,
    /SEARCH messages USING INDEX messages_by_repeat_key \(sender_id=\? AND repeat_key=\?\)/,
  );
  assert.doesNotMatch(deleted, /SCAN messages/);
});

test("where one transaction writes at a time, its locks are no statements", async () => {
  const sends = [{ ...message, id: "5", content: PLAIN_CONTENT }];
  asked.length = 0;
  await run(db, appendMessages, sends);
  const withoutLocks = asked.length;
  asked.length = 0;
  await db
    .transaction()
    .execute((trx) => runOperation(trx, "appendMessages", [{ ...message, id: "6", content: PLAIN_CONTENT }]));
  assert.equal(asked.length, withoutLocks);
});

test("counting what is unread looks for the few messages that are over, and not through the room", async () => {
  const plans = (await plansOf(() => run(db, getRoom, { actor, roomId: LOBBY, nowMs }))).join("\n");
  assert.match(plans, /SEARCH over USING COVERING INDEX messages_ending \(room_id=\? AND expires_at<\?/);
});

test("who has reacted is a range of the primary key, in its order", async () => {
  const query = { actor, roomId: LOBBY, seq: 2, emoji: "", limit: 2, nowMs };
  for (const after of [null, { emoji: "+", userId: actor.id }]) {
    const plans = (await plansOf(() => run(db, listReactions, { ...query, after }))).join("\n");
    assert.match(plans, /SEARCH reactions USING INDEX sqlite_autoindex_reactions_1/);
    assert.doesNotMatch(plans, /TEMP B-TREE/);
  }
});
