import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { LOBBY, type UserId } from "../domain/ids.ts";
import type { Message } from "../domain/messages/message.ts";
import { GroupCommit } from "../store/group-commit.ts";
import type { Store } from "../store/port/store.ts";
// biome-ignore lint/style/noRestrictedImports: a feed is tested on a real store
import { openSqliteStore } from "../store/sqlite/store.ts";
import { CatchUps } from "./catch-ups.ts";
import { Hub } from "./hub.ts";
import { MessageFeed, messageEncoding } from "./message-feed.ts";
import { toResponse } from "./responses.ts";
import { Reader, until } from "./testing.ts";
import { WriteTimeouts } from "./write-timeouts.ts";

const RECENT = 100;
const encoding = messageEncoding(({ seq, content }: Message) =>
  toResponse(Buffer.from(`${seq} ${content.text}`)),
);

describe("a message feed", () => {
  let folder: string;
  let store: Store;
  let hub: Hub;
  let writeTimeouts: WriteTimeouts;
  let commits: GroupCommit;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "confab-test-"));
    store = await openSqliteStore(folder);
    hub = new Hub(Date.now);
    writeTimeouts = new WriteTimeouts();
    commits = new GroupCommit(store, (change) => hub.deliver({ change }));
  });
  afterEach(async () => {
    writeTimeouts[Symbol.dispose]();
    await store[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  function read({ timeouts = writeTimeouts, takesAll = true } = {}): Reader {
    return new Reader({ writeTimeouts: timeouts, joiner: encoding.joiner, takesAll }, async (stream) => {
      const sources = { store, hub, clock: Date.now, catchUps: new CatchUps() };
      using feed = new MessageFeed(sources, { roomId: LOBBY, recent: RECENT }, { ...stream, encoding });
      return await feed.run();
    });
  }
  const seqsOf = ({ messages }: Reader) => messages.map((message) => Number.parseInt(message, 10));
  const sendVia = (through: GroupCommit, count: number, text = "hello"): Promise<unknown> => {
    const sender = { kind: "guest", userId: "guest-ada" as UserId, name: "ada", nameKey: "ada" } as const;
    const message = () => ({ roomId: LOBBY, id: randomUUID(), sender, text, nowMs: 0, content: null });
    return Promise.all(Array.from({ length: count }, () => through.append(message())));
  };
  const send = (count: number, text?: string) => sendVia(commits, count, text);

  test("gives the recent messages, oldest first, and then each new one", async () => {
    await send(130);
    const reader = read();
    await until(() => reader.messages.length === RECENT);
    await send(20);
    await until(() => reader.messages.length === RECENT + 20);
    assert.deepEqual(seqsOf(reader), range(31, 150));
    await reader.end();
  });

  test("begins in the middle of many sends without a hole or an overlap", async () => {
    for (let round = 1; round <= 5; round++) {
      const before = (round - 1) * 1_000;
      const sends = send(500);
      const readers: Reader[] = [];
      for (let count = 0; count < 20; count++) {
        readers.push(read());
        await turn();
      }
      await Promise.all([sends, send(500)]);
      const last = before + 1_000;
      await until(() => readers.every(({ messages }) => messages.at(-1)?.startsWith(`${last} `)));
      for (const reader of readers) {
        const seqs = seqsOf(reader);
        assert.deepEqual(seqs, range(seqs[0] ?? 0, last));
      }
      await Promise.all(readers.map((reader) => reader.end()));
    }
  });

  test("catches up in order after its queue has overflowed, and is live again", async () => {
    const reader = read();
    await send(10);
    await until(() => reader.messages.length === 10);
    reader.stopReading();
    await send(300, "x".repeat(10_000));
    // One write is in flight, which has at most 256 KiB.
    assert.ok(
      reader.messages.length > 10 && reader.messages.length <= 10 + 26,
      `${reader.messages.length} have been written`,
    );
    reader.read();
    await until(() => seqsOf(reader).at(-1) === 310);
    await send(10);
    await until(() => seqsOf(reader).at(-1) === 320);
    assert.deepEqual(seqsOf(reader), range(1, 320));
    await reader.end();
  });

  test("fills a hole in the hub's changes from the store", async () => {
    const lossy = new GroupCommit(store, (change) => {
      if (change.revision % 3 === 0) hub.deliver({ change });
    });
    await send(1);
    const reader = read();
    // It has read the recent messages: all that follow come after them.
    await until(() => reader.messages.length === 1);
    for (let count = 0; count < 30; count++) await sendVia(lossy, 10);
    await until(() => seqsOf(reader).at(-1) === 301);
    assert.deepEqual(seqsOf(reader), range(1, 301));
    await reader.end();
  });

  test("ends when its client has taken nothing for too long", async () => {
    using impatient = new WriteTimeouts(20);
    await send(1);
    const reading = read({ timeouts: impatient });
    const stalled = read({ timeouts: impatient, takesAll: false });
    await until(() => stalled.hasEnded);
    await send(1);
    await until(() => reading.messages.length === 2);
    assert.deepEqual(seqsOf(stalled), [1]);
    await reading.end();
  });

  test("2,000 feeds that end in the middle of messages leave nothing behind", async () => {
    await send(10);
    const readers = Array.from({ length: 2_000 }, (_, index) => read({ takesAll: index % 2 === 0 }));
    await until(() => readers.every(({ messages }) => messages.length > 0));
    const sends = send(100);
    await until(() => hub.head(LOBBY) > 10);
    await Promise.all(readers.map((reader) => reader.end()));
    await sends;
    assert.equal(hub.head(LOBBY), 0, "the hub has forgotten the room that nobody listens to");
  });
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
