import assert from "node:assert/strict";
import { test } from "node:test";
import type { TimelineItem } from "@confab/client/core";
import { type MessageRow, type Row, rowsOf } from "./rows.ts";

const MINUTE = 60_000;
const noon = new Date(2026, 2, 10, 12).getTime();

function item(
  seq: number,
  atMinute: number,
  senderId = "ada",
  more: Partial<TimelineItem> = {},
): TimelineItem {
  const createTime = new Date(noon + atMinute * MINUTE);
  return {
    seq,
    senderId,
    createTime,
    isMine: false,
    clientMessageId: "",
    replyToSeq: 0,
    ...more,
  } as TimelineItem;
}

const options = { hasOlder: true, newAfterSeq: null, heads: new Set<string>() };
const messages = (rows: readonly Row[]): MessageRow[] => rows.filter((row) => row.kind === "message");
const heads = (rows: readonly Row[]): number[] =>
  messages(rows)
    .filter((row) => row.isHead)
    .map((row) => row.item.seq);

test("messages of one sender stand together for five minutes", () => {
  const items = [
    item(1, 0),
    item(2, 1),
    item(3, 10),
    item(4, 11, "grace"),
    item(5, 12, "grace", { replyToSeq: 1 }),
  ];
  assert.deepEqual(heads(rowsOf({ ...options, items })), [1, 3, 4, 5]);
});

test("a new day is named after the last message of the one before", () => {
  const items = [item(1, 0), item(2, 24 * 60)];
  const [first, second] = messages(rowsOf({ ...options, items }));
  assert.equal(first?.dayAfter, items[1]?.createTime);
  assert.equal(second?.dayAfter, null);
});

test("the first new message stands below a line and shows its sender", () => {
  const rows = rowsOf({ ...options, items: [item(1, 0), item(2, 1), item(3, 2)], newAfterSeq: 2 });
  assert.deepEqual(
    messages(rows).map((row) => row.isNewAfter),
    [false, true, false],
  );
  assert.deepEqual(heads(rows), [1, 3]);
  const read = rowsOf({ ...options, items: [item(1, 0), item(2, 1)], newAfterSeq: 2 });
  assert.ok(messages(read).every((row) => !row.isNewAfter));
});

test("older messages change nothing of the rows below them", () => {
  const [one, two, three] = [item(1, 0), item(2, 1), item(3, 2)];
  const page = rowsOf({ ...options, items: [two, three] });
  const known = new Map(page.map((row) => [row.key, row]));
  const grown = rowsOf({ ...options, items: [one, two, three], heads: new Set(["#2"]) }, known);
  assert.deepEqual(grown.slice(1), page);
  assert.ok(grown.slice(1).every((row, index) => row === page[index]));
});

test("the room's beginning stands above its first message only", () => {
  assert.equal(rowsOf({ ...options, items: [item(1, 0)], hasOlder: false })[0]?.kind, "beginning");
  assert.equal(rowsOf({ ...options, items: [item(1, 0)] })[0]?.kind, "message");
  assert.equal(rowsOf({ ...options, items: [], hasOlder: false }).length, 1);
});
