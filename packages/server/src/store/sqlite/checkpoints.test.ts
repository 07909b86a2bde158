import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { Checkpoints } from "./checkpoints.ts";
import { BUSY_TIMEOUT_MS, openDatabase } from "./database.ts";
import { latchMemory, ReadLatch } from "./read-latch.ts";

const PAGE = "x".repeat(4_000);
/** More than the log may hold, and as much as it holds after the reads have ended and one more commit. */
const MAX_PAGES = 4_200;

function example(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "confab-test-"));
  const path = join(folder, "a.db");
  const database = openDatabase(path);
  const reader = new DatabaseSync(path, { readOnly: true });
  context.after(() => {
    reader.close();
    database.close();
    rmSync(folder, { recursive: true });
  });
  database.exec("create table pages (text text)");
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const latch = new ReadLatch(latchMemory());
  let nowMs = 0;
  const checkpoints = new Checkpoints({ database, latch, schedule: (task) => task(), nowMs: () => nowMs });
  const insert = database.prepare("insert into pages values (?)");
  return {
    latch,
    checkpoints,
    reader,
    logPages: (): number => Math.floor(statSync(`${path}-wal`).size / 4_096),
    /** Commits this many pages, a hundred each time. */
    write(pages: number): void {
      for (let written = 0; written < pages; written += 100) {
        database.exec("begin");
        for (let page = 0; page < 100; page++) insert.run(PAGE);
        database.exec("commit");
        nowMs += 100;
        checkpoints.afterCommit();
      }
    },
    pass: (ms: number) => context.mock.timers.tick(ms),
  };
}

test("the log begins again once it is long", (context) => {
  const { write, logPages } = example(context);
  write(20_000);
  assert.ok(logPages() <= MAX_PAGES, `${logPages()} pages`);
});

test("with a read under way the next ones wait, until the log has been copied", (context) => {
  const { latch, reader, write, pass, logPages } = example(context);
  latch.enter();
  reader.exec("begin");
  reader.prepare("select count(*) from pages").get();
  write(6_000);
  const grown = logPages();
  assert.ok(grown >= 6_000, "what the read needs is not overwritten");
  reader.exec("commit");
  latch.leave();
  pass(2);
  latch.enter();
  latch.leave();
  write(4_000);
  assert.ok(logPages() <= grown, "it began again");
});

test("emptying the log waits for nobody who reads in another process, and is tried again", (context) => {
  const { checkpoints, reader, write, pass, logPages } = example(context);
  write(100);
  reader.exec("begin");
  reader.prepare("select count(*) from pages").get();
  write(100);
  const startedAtMs = performance.now();
  checkpoints.empty();
  assert.ok(performance.now() - startedAtMs < BUSY_TIMEOUT_MS);
  assert.ok(logPages() > 0);
  reader.exec("commit");
  pass(60_000);
  assert.equal(logPages(), 0);
});
