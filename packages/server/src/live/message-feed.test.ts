import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { LOBBY, type UserId } from "../domain/ids.ts";
import type { Message } from "../domain/messages.ts";
import { GroupCommit } from "../store/group-commit.ts";
import type { Store } from "../store/port/store.ts";
// biome-ignore lint/style/noRestrictedImports: a feed is tested on a real store
import { openSqliteStore } from "../store/sqlite/store.ts";
import { Hub } from "./hub.ts";
import { follow, messageEncoding } from "./message-feed.ts";
import { toResponse } from "./responses.ts";
import { StallWatch } from "./stall-watch.ts";
import { messagesOf, until } from "./testing.ts";

const RECENT = 100;
const encoding = messageEncoding(({ seq, text }: Message) => toResponse(Buffer.from(`${seq} ${text}`)));

/** A client of a feed. Its socket takes each write at once, or only when `read` is called. */
class Reader {
  readonly seqs: number[] = [];
  readonly #ended: Promise<void>;
  readonly #controller = new AbortController();
  #takesAll: boolean;
  #done: (() => void) | null = null;

  constructor(sources: Parameters<typeof follow>[0], { takesAll = true } = {}) {
    this.#takesAll = takesAll;
    const write = (bytes: Buffer, done: () => void): void => {
      assert.equal(this.#done, null, "one write is in flight at most");
      assert.ok(!this.#controller.signal.aborted, "nothing is written once the stream has ended");
      for (const message of messagesOf(bytes)) this.seqs.push(Number.parseInt(message, 10));
      this.#done = done;
      if (this.#takesAll) setImmediate(() => this.#take());
    };
    const { signal } = this.#controller;
    const onStalled = (): void => this.#controller.abort(new Error("stalled"));
    const options = { roomId: LOBBY, recent: RECENT, encoding, writer: { write }, onStalled, signal };
    this.#ended = follow(sources, options).catch((error: unknown) => {
      if (error !== signal.reason) throw error;
    });
  }

  get hasEnded(): boolean {
    return this.#controller.signal.aborted;
  }

  read(): void {
    this.#takesAll = true;
    this.#take();
  }

  stopReading(): void {
    this.#takesAll = false;
  }

  async end(): Promise<void> {
    this.#controller.abort(new Error("the client has gone"));
    await this.#ended;
    this.#take();
  }

  #take(): void {
    const done = this.#done;
    this.#done = null;
    done?.();
  }
}

describe("a message feed", () => {
  let folder: string;
  let store: Store;
  let hub: Hub;
  let stallWatch: StallWatch;
  let commits: GroupCommit;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "confab-test-"));
    store = await openSqliteStore(folder);
    hub = new Hub(Date.now);
    stallWatch = new StallWatch();
    commits = new GroupCommit(store, (change) => hub.deliver({ change }));
  });
  afterEach(async () => {
    stallWatch[Symbol.dispose]();
    await store[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const sources = () => ({ store, hub, stallWatch });
  const sendVia = (through: GroupCommit, count: number, text = "hello"): Promise<unknown> => {
    const sender = { kind: "guest", userId: "guest-ada" as UserId, name: "ada", nameKey: "ada" } as const;
    const message = () => ({ roomId: LOBBY, id: randomUUID(), sender, text, nowMs: 0, content: null });
    return Promise.all(Array.from({ length: count }, () => through.append(message())));
  };
  const send = (count: number, text?: string) => sendVia(commits, count, text);

  test("gives the recent messages, oldest first, and then each new one", async () => {
    await send(130);
    const reader = new Reader(sources());
    await until(() => reader.seqs.length === RECENT);
    await send(20);
    await until(() => reader.seqs.length === RECENT + 20);
    assert.deepEqual(reader.seqs, range(31, 150));
    await reader.end();
  });

  test("begins in the middle of many sends without a hole or an overlap", async () => {
    for (let round = 1; round <= 5; round++) {
      const before = (round - 1) * 1_000;
      const sends = send(500);
      const readers: Reader[] = [];
      for (let count = 0; count < 20; count++) {
        readers.push(new Reader(sources()));
        await turn();
      }
      await Promise.all([sends, send(500)]);
      const last = before + 1_000;
      await until(() => readers.every(({ seqs }) => seqs.at(-1) === last));
      for (const { seqs } of readers) assert.deepEqual(seqs, range(seqs[0] ?? 0, last));
      await Promise.all(readers.map((reader) => reader.end()));
    }
  });

  test("catches up in order after its queue has overflowed, and is live again", async () => {
    const reader = new Reader(sources());
    await send(10);
    await until(() => reader.seqs.length === 10);
    reader.stopReading();
    await send(300, "x".repeat(10_000));
    // One write is in flight, which has at most 256 KiB.
    assert.ok(
      reader.seqs.length > 10 && reader.seqs.length <= 10 + 26,
      `${reader.seqs.length} have been written`,
    );
    reader.read();
    await until(() => reader.seqs.at(-1) === 310);
    await send(10);
    await until(() => reader.seqs.at(-1) === 320);
    assert.deepEqual(reader.seqs, range(1, 320));
    await reader.end();
  });

  test("fills a hole in what the hub tells from the store", async () => {
    const lossy = new GroupCommit(store, (change) => {
      if (change.revision % 3 === 0) hub.deliver({ change });
    });
    const reader = new Reader(sources());
    await turn();
    for (let count = 0; count < 30; count++) await sendVia(lossy, 10);
    await until(() => reader.seqs.at(-1) === 300);
    assert.deepEqual(reader.seqs, range(1, 300));
    await reader.end();
  });

  test("ends when its client has taken nothing for too long", async () => {
    using impatient = new StallWatch(20);
    await send(1);
    const reading = new Reader({ store, hub, stallWatch: impatient });
    const stalled = new Reader({ store, hub, stallWatch: impatient }, { takesAll: false });
    await until(() => stalled.hasEnded);
    await send(1);
    await until(() => reading.seqs.length === 2);
    assert.deepEqual(stalled.seqs, [1]);
    await reading.end();
  });

  test("2,000 of them that end in the middle of messages leave nothing behind", async () => {
    await send(10);
    const readers = Array.from(
      { length: 2_000 },
      (_, index) => new Reader(sources(), { takesAll: index % 2 === 0 }),
    );
    await until(() => readers.every(({ seqs }) => seqs.length > 0));
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
