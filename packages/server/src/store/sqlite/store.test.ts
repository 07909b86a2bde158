import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ChatError } from "../../domain/errors.ts";
import { LOBBY, type UserId } from "../../domain/ids.ts";
import type { NewMessage } from "../port/messages.ts";
import { openSqliteStore } from "./store.ts";

const PAGE_BYTES = 4_096;
const MAX_LOG_BYTES = 24 * 1024 * 1024;

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "confab-test-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function guestMessage(id: number, text: string): NewMessage {
  const sender = { kind: "guest", userId: "guest-1" as UserId, name: "guest", nameKey: "guest" } as const;
  return { roomId: LOBBY, id: `m${id}`, sender, text, content: null, nowMs: 0 };
}

test("what a caller has written they then read", async (context) => {
  await using store = await openSqliteStore(temporaryFolder(context));
  for (let seq = 1; seq <= 50; seq++) {
    await store.appendMessages([guestMessage(seq, `text ${seq}`)]);
    const reads = [1, 2, 3, 4].map(() => store.listLatestMessages({ roomId: LOBBY, limit: 1, nowMs: 0 }));
    for (const [latest] of await Promise.all(reads)) assert.equal(latest?.seq, seq);
  }
});

test("the log stays short while reads never pause", async (context) => {
  const folder = temporaryFolder(context);
  await using store = await openSqliteStore(folder);
  const text = "x".repeat(16_000);
  await store.appendMessages([guestMessage(0, text)]);
  let isWriting = true;
  const reading = Array.from({ length: 8 }, async () => {
    while (isWriting) await store.listLatestMessages({ roomId: LOBBY, limit: 20, nowMs: 0 });
  });
  let longest = 0;
  for (let id = 1; id <= 2_000; id += 50) {
    const batch = Array.from({ length: 50 }, (_, index) => guestMessage(id + index, text));
    await store.appendMessages(batch);
    longest = Math.max(longest, statSync(join(folder, "confab.db-wal")).size);
  }
  isWriting = false;
  await Promise.all(reading);
  assert.ok(longest < MAX_LOG_BYTES, `the log had ${longest} bytes`);
});

test("damage that a reading thread finds fails the whole store", async (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, "confab.db");
  {
    await using store = await openSqliteStore(folder);
    await store.appendMessages([guestMessage(1, "text")]);
  }
  await using store = await openSqliteStore(folder);
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0xff, PAGE_BYTES));
  const isStorageError = (error: unknown) => error instanceof ChatError && error.reason === "STORAGE_ERROR";
  await assert.rejects(store.listLatestMessages({ roomId: LOBBY, limit: 1, nowMs: 0 }), isStorageError);
  assert.match((await store.failed).message, /malformed/);
  await assert.rejects(store.appendMessages([guestMessage(2, "text")]), isStorageError);
});
