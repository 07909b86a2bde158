import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { Actor } from "../domain/access/callers.ts";
import type { RoomId, UserId } from "../domain/ids.ts";
import type { RoomChange } from "../domain/live/changes.ts";
import { GroupCommit } from "../store/group-commit.ts";
import type { Changed } from "../store/port/changed.ts";
import type { RoomCursor } from "../store/port/live.ts";
import { PLAIN_CONTENT } from "../store/port/plain-content.ts";
import type { Store } from "../store/port/store.ts";
import { ROOM_AUDIT } from "../store/port/testing.ts";
// biome-ignore lint/style/noRestrictedImports: a feed is tested on a real store
import { openSqliteStore } from "../store/sqlite/store.ts";
import { CatchUps } from "./catch-ups.ts";
import { Feed } from "./feed.ts";
import { Hub } from "./hub.ts";
import { lines, Reader, until } from "./testing.ts";
import { WriteTimeouts } from "./write-timeouts.ts";

const ROOM = "room" as RoomId;

describe("a feed", () => {
  let folder: string;
  let store: Store;
  let hub: Hub;
  let writeTimeouts: WriteTimeouts;
  let commits: GroupCommit;
  let owner: Actor;
  const encoding = lines();
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "confab-test-"));
    store = await openSqliteStore(folder);
    hub = new Hub(Date.now);
    writeTimeouts = new WriteTimeouts();
    commits = new GroupCommit(store, (change) => hub.deliver({ change }));
    owner = await addUser("owner");
    await addRoom(ROOM);
  });
  afterEach(async () => {
    writeTimeouts[Symbol.dispose]();
    await store[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  function read({
    cursors = [],
    takesAll = true,
    from = store,
  }: {
    cursors?: readonly RoomCursor[];
    takesAll?: boolean;
    from?: Store;
  } = {}): Reader {
    return new Reader({ writeTimeouts, joiner: encoding.joiner, takesAll }, async (stream) => {
      const reader = { actor: () => owner, seesPresence: () => true, presentIn: () => [].values() };
      using feed = new Feed({ store: from, hub, clock: Date.now, catchUps: new CatchUps() }, reader, {
        ...stream,
        encoding,
      });
      return await feed.run(cursors);
    });
  }

  async function addUser(name: string): Promise<Actor> {
    const id = name as UserId;
    await store.createUser({
      request: null,
      id,
      kind: "human",
      role: "user",
      handle: { handle: name, key: name },
      displayName: name,
      passwordHash: null,
      externalSubject: null,
      nowMs: 0,
      audit: ROOM_AUDIT,
    });
    return { id, role: "user", roleUntilMs: null, state: { kind: "active" } };
  }

  async function addRoom(roomId: RoomId): Promise<void> {
    await store.createRoom({
      actor: owner,
      roomId,
      kind: "group",
      fields: {
        title: roomId,
        topic: "",
        isPublic: true,
        joinRule: "open",
        historyVisibility: "full",
        slowModeMs: 0,
        retentionMs: 0,
        maxMembers: 0,
        memberPermissions: [],
        requiredLikes: 0,
        labels: {},
      },
      userIds: [],
      requestId: "",
      nowMs: 0,
      audit: ROOM_AUDIT,
    });
  }

  function sendVia(through: GroupCommit, count: number, text = "hello"): Promise<unknown> {
    const sender = { kind: "user", userId: owner.id } as const;
    const message = () => ({
      roomId: ROOM,
      id: randomUUID(),
      sender,
      text,
      nowMs: 0,
      content: PLAIN_CONTENT,
    });
    return Promise.all(Array.from({ length: count }, () => through.append(message())));
  }

  const send = (count: number, text?: string) => sendVia(commits, count, text);

  test("a change is encoded once, however many listen", async () => {
    const readers = Array.from({ length: 20 }, () => read());
    await until(() => readers.every(({ isReady }) => isReady));
    const before = encoding.encoded();
    await send(50);
    await until(() => readers.every(({ revisions }) => revisions.length === 50));
    assert.equal(encoding.encoded() - before, 50);
    await Promise.all(readers.map((reader) => reader.end()));
  });

  test("a change that the hub misses is read from the store", async () => {
    const heard = (change: RoomChange): boolean => change.revision % 3 === 0;
    const lossy = new GroupCommit(store, (change) => {
      if (heard(change)) hub.deliver({ change });
    });
    const reader = read();
    await until(() => reader.isReady);
    for (let count = 0; count < 30; count++) await sendVia(lossy, 10);
    await send(1);
    await until(() => reader.revisions.length === 301);
    assertRising(reader.revisions);
    await reader.end();
  });

  test("changes that come out of their order come in order, each once", async () => {
    const held: RoomChange[] = [];
    const shuffled = new GroupCommit(store, (change) => {
      held.push(change);
      if (held.length < 7) return;
      for (const each of held.splice(0).reverse()) {
        hub.deliver({ change: each });
        hub.deliver({ change: each });
      }
    });
    const reader = read();
    await until(() => reader.isReady);
    for (let count = 0; count < 10; count++) await sendVia(shuffled, 70);
    await until(() => reader.revisions.length === 700);
    assertRising(reader.revisions);
    await reader.end();
  });

  /** Reads from the first message on, noting the limit of each read. */
  const fromFirst = (limits: number[]) => ({
    cursors: [{ roomId: ROOM, revision: 2 }],
    from: {
      ...store,
      readChanges(query: Parameters<Store["readChanges"]>[0]) {
        limits.push(query.limit);
        return store.readChanges(query);
      },
    },
  });

  test("a client that takes nothing holds little, and costs no more reads, however much happens", async () => {
    await send(600, "x".repeat(10_000));
    const limits: number[] = [];
    const stuck = read({ ...fromFirst(limits), takesAll: false });
    await until(() => stuck.outbox.queuedBytes > 0);
    for (let count = 0; count < 20; count++) await send(20, "y".repeat(10_000));
    // The store answers in order: by now it has answered all that the feed has asked.
    await store.listLatestMessages({ roomId: ROOM, limit: 1, nowMs: 0 });
    assert.ok(stuck.outbox.queuedBytes <= 1024 * 1024 + 20_000, `${stuck.outbox.queuedBytes} bytes wait`);
    assert.ok(limits.length <= 3, `${limits.length} reads`);
    stuck.read();
    await until(() => stuck.isReady);
    await send(1);
    await until(() => stuck.revisions.at(-1) === 1_003);
    assert.equal(stuck.revisions.length, 1_001);
    assertRising(stuck.revisions);
    await stuck.end();
  });

  test("a reader who catches up with large messages asks for few more than fit, and for many once they are small", async () => {
    await send(100, "x".repeat(10_000));
    await send(200);
    const limits: number[] = [];
    const reader = read(fromFirst(limits));
    await until(() => reader.revisions.length === 300);
    assertRising(reader.revisions);
    const [first, ...others] = limits;
    assert.equal(first, 100);
    assert.ok(
      others.slice(0, 10).every((limit) => limit <= 14),
      `${limits}`,
    );
    assert.equal(limits.at(-1), 100);
    await reader.end();
  });

  test("a live reader that stops for a while goes on without a hole, and is live again", async () => {
    const reader = read();
    await until(() => reader.isReady);
    await send(10);
    await until(() => reader.revisions.length === 10);
    reader.stopReading();
    for (let count = 0; count < 30; count++) await send(10, "x".repeat(10_000));
    assert.ok(reader.revisions.length < 310);
    assert.ok(reader.outbox.queuedBytes <= 1024 * 1024);
    reader.read();
    await until(() => reader.revisions.length === 310);
    await send(10);
    await until(() => reader.revisions.length === 320);
    assertRising(reader.revisions);
    await reader.end();
  });

  test("signals are dropped first: a queue that is half full takes no more of them", async () => {
    const other = await addUser("other");
    const reader = read();
    await until(() => reader.isReady);
    const type = () =>
      hub.deliver({
        signal: { kind: "typing", roomId: ROOM, userId: other.id, audience: { allBut: [] }, expiresAtMs: 1 },
      });
    const signals = () => reader.lines.filter((line) => line.startsWith("~")).length;
    type();
    await until(() => signals() === 1);
    reader.stopReading();
    await send(80, "x".repeat(10_000));
    for (let count = 0; count < 100; count++) type();
    reader.read();
    await until(() => reader.revisions.length === 80);
    assert.ok(signals() < 10, `${signals()} signals`);
    await reader.end();
  });

  test("a reader who leaves and is invited again while the room is read gets the invitation once", async () => {
    const other = await addUser("other");
    const by = (actor: Actor) => ({ actor, roomId: ROOM, nowMs: 0, audit: ROOM_AUDIT });
    const deliver = ({ changes }: Changed): void => {
      for (const change of changes) hub.deliver({ change });
    };
    const addition = { role: null, expiresAtMs: null };
    await store.addMembers({ ...by(other), ...addition, userIds: [other.id] });
    await store.updateMember({ ...by(owner), userId: other.id, patch: { role: "owner" }, reason: "" });
    let isFirst = true;
    const interrupted = {
      ...store,
      async readSnapshots(query: Parameters<Store["readSnapshots"]>[0]) {
        if (isFirst) {
          isFirst = false;
          deliver(await store.removeMember({ ...by(owner), userId: owner.id, reason: "" }));
          deliver(await store.addMembers({ ...by(other), ...addition, userIds: [owner.id] }));
        }
        return store.readSnapshots(query);
      },
    };
    const reader = read({ from: interrupted });
    await until(() => reader.isReady || reader.lines.length > 10);
    assert.deepEqual(reader.lines, [`! ${ROOM} access-changed`, `= ${ROOM} 6`, "ready partial"]);
    await reader.end();
  });

  test("10,000 feeds that end in the middle of changes leave nothing behind", async () => {
    for (let round = 0; round < 10; round++) {
      const readers = Array.from({ length: 1_000 }, (_, index) => read({ takesAll: index % 2 === 0 }));
      const sends = send(20);
      await until(() => hub.head(ROOM) > 0);
      await Promise.all(readers.map((reader) => reader.end()));
      await sends;
      assert.equal(hub.head(ROOM), 0, "the hub has forgotten the room that nobody listens to");
    }
  });
});

function assertRising(revisions: readonly number[]): void {
  for (const [index, revision] of revisions.entries()) {
    if (index > 0) assert.equal(revision, (revisions[index - 1] ?? 0) + 1);
  }
}
