import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Kysely } from "kysely";
import type { Actor } from "../../../domain/access/callers.ts";
import type { RoomId, UserId } from "../../../domain/ids.ts";
import { migrate } from "../../migrations/migrate.ts";
import { openDatabase } from "../../sqlite/database.ts";
import { nodeSqliteDialect } from "../../sqlite/dialect.ts";
import type { Schema } from "../../tables/schema.ts";
import { run } from "../testing.ts";
import { readChanges, readSnapshots } from "./feeds.ts";

const ROOMS = 400;
const actor: Actor = { id: "ada" as UserId, role: "user", roleUntilMs: null, state: { kind: "active" } };

describe("what a stream reads of many rooms", () => {
  const folder = mkdtempSync(join(tmpdir(), "confab-test-"));
  const roomIds = Array.from({ length: ROOMS }, (_, index) => `room-${index}` as RoomId);
  let queries = 0;
  let db: Kysely<Schema>;
  before(async () => {
    const dialect = nodeSqliteDialect(openDatabase(join(folder, "confab.db")));
    db = new Kysely<Schema>({
      dialect,
      log() {
        queries++;
      },
    });
    await migrate(db);
    const times = { created_at: 1, updated_at: 1 };
    await db
      .insertInto("users")
      .values({
        id: actor.id,
        kind: "human",
        state: "active",
        suspended_until: null,
        role: "user",
        role_until: null,
        handle: "ada",
        handle_key: "ada",
        display_name: "",
        display_key: "",
        external_subject: null,
        ...times,
      })
      .execute();
    for (const id of roomIds) await addRoom(id, ["hello"]);
  });
  after(async () => {
    await db.destroy();
    rmSync(folder, { recursive: true });
  });

  /** Adds a room in which the reader's membership is revision 1 and the messages are the next ones. */
  async function addRoom(id: RoomId, texts: readonly string[]): Promise<void> {
    const times = { created_at: 1, updated_at: 1 };
    await db
      .insertInto("rooms")
      .values({
        id,
        kind: "group",
        direct_key: null,
        request_key: null,
        revision: 1 + texts.length,
        last_seq: texts.length,
        ...times,
      })
      .execute();
    await db
      .insertInto("members")
      .values({
        room_id: id,
        user_id: actor.id,
        role: "member",
        state: "joined",
        expires_at: null,
        muted_until: null,
        next_end_at: null,
        revision: 1,
        updated_at: 1,
      })
      .execute();
    for (const [index, text] of texts.entries()) {
      await db
        .insertInto("messages")
        .values({
          room_id: id,
          seq: index + 1,
          revision: index + 2,
          id: `message ${index} of ${id}`,
          client_message_id: null,
          content_hash: null,
          sender_id: actor.id,
          text,
          expires_at: null,
          ...times,
        })
        .execute();
    }
  }

  /** Counts the statements of a read, and those of its transaction. */
  async function count(read: () => Promise<unknown>): Promise<number> {
    queries = 0;
    await read();
    return queries;
  }

  const read = (ids: readonly RoomId[], { limit = 10_000, maxBytes = 1_000_000_000 } = {}) =>
    run(db, readChanges, {
      actor,
      cursors: ids.map((roomId) => ({ roomId, revision: 1 })),
      limit,
      maxBytes,
      nowMs: 1,
    });
  const changesOf = async (...query: Parameters<typeof read>) => (await read(...query)).rooms;

  test("it takes as many statements for hundreds of rooms as for one", async () => {
    const forOne = await count(() => changesOf(roomIds.slice(0, 1)));
    const forAll = await count(() => changesOf(roomIds));
    assert.equal(forAll, forOne);
    const snapshot = await count(() =>
      run(db, readSnapshots, { actor, roomIds: roomIds.slice(0, 1), nowMs: 1 }),
    );
    const snapshots = await count(() => run(db, readSnapshots, { actor, roomIds, nowMs: 1 }));
    assert.equal(snapshots, snapshot);
  });

  test("what has changed comes for every room", async () => {
    const found = await changesOf(roomIds);
    assert.equal(found.length, ROOMS);
    for (const changes of found) {
      assert.ok(changes.kind === "changes" && changes.isComplete && changes.revision === 2);
      assert.deepEqual(
        changes.changes.map(({ change }) => change.kind === "message" && change.message.content.text),
        ["hello"],
      );
    }
    const views = await run(db, readSnapshots, { actor, roomIds, nowMs: 1 });
    assert.equal(views.length, ROOMS);
    assert.ok(
      views.every(
        ({ lastMessage, self }) => lastMessage?.content.text === "hello" && self?.unreadCount === 0,
      ),
    );
  });

  test("rooms past the limit are left out, and none is read in part that fits", async () => {
    const found = await changesOf(roomIds, { limit: 100 });
    assert.equal(found.length, 100);
    assert.ok(found.every((changes) => changes.kind === "changes" && changes.isComplete));
  });

  test("changes past the bytes are left out, those of another room and those of the same", async () => {
    const [first = "" as RoomId, second = "" as RoomId] = roomIds;
    const [found, ...others] = await changesOf([first, second], { maxBytes: 1 });
    assert.ok(found?.kind === "changes" && found.isComplete && found.roomId === first);
    assert.deepEqual(others, []);

    const long = "long" as RoomId;
    await addRoom(
      long,
      ["1", "2", "3", "4"].map((text) => text.repeat(1_000)),
    );
    const texts: string[] = [];
    const ends: number[] = [];
    const cuts: (number | null)[] = [];
    for (let revision = 1; ; ) {
      const cursors = [{ roomId: long, revision }];
      const query = { actor, cursors, limit: 100, maxBytes: 2_000, nowMs: 1 };
      const { rooms, cutAfter } = await run(db, readChanges, query);
      const [changes] = rooms;
      assert.ok(changes?.kind === "changes");
      for (const { change } of changes.changes) {
        texts.push(change.kind === "message" ? change.message.content.text.slice(0, 1) : change.kind);
      }
      revision = changes.revision;
      ends.push(revision);
      cuts.push(cutAfter);
      if (changes.isComplete) break;
    }
    assert.deepEqual(
      [texts, ends, cuts],
      [
        ["1", "2", "3", "4"],
        [3, 5],
        [2, null],
      ],
    );
  });
});
