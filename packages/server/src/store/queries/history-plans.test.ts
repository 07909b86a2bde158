import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { type CompiledQuery, Kysely } from "kysely";
import { LOBBY, type UserId } from "../../domain/ids.ts";
import { migrate } from "../migrations/migrate.ts";
import type { HistoryPosition, HistoryQuery } from "../port/messages.ts";
import type { Actor } from "../port/outcomes.ts";
import type { Schema } from "../schema.ts";
import { nodeSqliteDialect } from "../sqlite/dialect.ts";
import { appendMessages } from "./append.ts";
import { listMessages } from "./history.ts";
import { setReaction } from "./reactions.ts";
import { searchMessages } from "./search.ts";

const actor: Actor = { id: "ada" as UserId, role: "service", roleUntilMs: null, state: { kind: "active" } };
const nowMs = 1_000;

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
  const content = {
    ...{
      clientMessageId: "",
      contentHash: "",
      replyToSeq: 0,
      mentionUserIds: [],
      payload: "",
      payloadType: "",
    },
    ttlMs: 0,
  };
  const message = { roomId: LOBBY, sender: { kind: "user", userId: actor.id }, text: "word", nowMs } as const;
  const sends = [0, 1, 1, 0].map((threadRootSeq, index) => ({
    ...message,
    id: `${index}`,
    content: { ...content, threadRootSeq },
  }));
  await appendMessages(db, sends);
  const reaction = { actor, roomId: LOBBY, seq: 2, emoji: "+", removed: false, nowMs };
  assert.equal((await setReaction(db, reaction)).kind, "done");
});

/** How SQLite goes about what an operation asks it, one line for each step. */
async function plansOf(operation: () => Promise<{ readonly kind: string }>): Promise<readonly string[]> {
  asked.length = 0;
  assert.equal((await operation()).kind, "done");
  return asked
    .filter(({ sql }) => sql.startsWith("select") || sql.startsWith("\n"))
    .flatMap(({ sql, parameters }) =>
      database.prepare(`explain query plan ${sql}`).all(...(parameters as string[])),
    )
    .map(({ detail }) => String(detail));
}

function list(position: HistoryPosition, narrowed: Partial<HistoryQuery> = {}) {
  const page = { threadRootSeq: 0, pinnedOnly: false, limit: 2, ...narrowed };
  return plansOf(() => listMessages(db, { actor, roomId: LOBBY, position, nowMs, ...page }));
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

test("one's own reactions are looked up by the messages of the page", async () => {
  const plans = await list({ kind: "latest" }, { limit: 100 });
  assert.match(plans.join("\n"), /SEARCH reactions USING .*\(room_id=\? AND seq=\?/);
});

test("a search starts at the search index, and stops when its page is full", async () => {
  const terms = [{ text: "word", isPrefix: false }];
  const query = { actor, terms, roomIds: [LOBBY], senderId: "", before: 0, limit: 2, nowMs };
  const plans = await plansOf(() => searchMessages(db, query));
  assert.match(plans.join("\n"), /SCAN message_search VIRTUAL TABLE INDEX/);
  assert.match(plans.join("\n"), /SEARCH messages USING INTEGER PRIMARY KEY/);
  assert.doesNotMatch(plans.join("\n"), /SCAN (messages|rooms|members)\b|TEMP B-TREE/);
});
