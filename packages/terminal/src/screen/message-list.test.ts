import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "../rows/row.ts";
import { anchorAt, indexOfKey, keyOf, messageList, positionOf } from "./message-list.ts";
import { messageFrom, now, roomNamed } from "./testing.ts";

const look = { columns: 60, nameWidth: 6, numberWidth: 0 };
const info = roomNamed("general");
const unsent = messageFrom("Me", "unsent", 0, { state: "sending", clientMessageId: "mine" });
const items = [messageFrom("Ada", "a", 3), messageFrom("Bob", "b", 4), messageFrom("Me", "c", 7), unsent];

test("a message keeps its place when older ones come before it", () => {
  const anchor = anchorAt(items, { index: 1, row: 2 });
  assert.deepEqual(anchor, { key: 4, row: 2 });
  const more = [messageFrom("Ada", "older", 1), ...items];
  assert.deepEqual(positionOf(more, anchor), { index: 2, row: 2 });
});

test("messages are found by number, unsent ones by the id that was chosen for them", () => {
  assert.deepEqual(
    items.map((item) => indexOfKey(items, keyOf(item))),
    [0, 1, 2, 3],
  );
  assert.deepEqual([indexOfKey(items, 5), indexOfKey(items, 99), indexOfKey(items, "other")], [-1, -1, -1]);
  assert.equal(positionOf(items, { key: 5, row: 0 }), "end");
});

test("each day begins with its line, and the first new message of others with another", () => {
  const yesterday = new Date(2026, 2, 9);
  const days = [
    messageFrom("Ada", "a", 1, { createTime: yesterday }),
    messageFrom("Me", "mine", 2, { createTime: yesterday }),
    messageFrom("Bob", "b", 3),
    messageFrom("Bob", "c", 4),
  ];
  const timeline = { items: days, hasOlder: true, isLoadingOlder: false };
  const list = messageList({ info, timeline, look, newAfterSeq: 1, now });
  const lines = (index: number): string => list.rowsOf(index).map(plain).join("\n").replace(/─+/g, "─");
  assert.match(lines(0), /^ +PgUp for older messages +\n─ Yesterday ─\n.*Ada: a$/);
  assert.match(lines(1), /^\[.*Me: mine$/);
  assert.match(lines(2), /^─ Today ─\n─ new ─\n.*Bob: b$/);
  assert.match(lines(3), /^\[.*Bob: c$/);
});

test("what someone whom the user blocks has written is folded away, also where it is answered", () => {
  const folded = messageFrom("Eve", "look\nat this", 3, {
    isFromBlocked: true,
    isPinned: true,
    replyToSeq: 1,
  });
  const all = [folded, messageFrom("Bob", "why?", 4, { replyToSeq: 3 })];
  const timeline = { items: all, hasOlder: false, isLoadingOlder: false };
  const list = messageList({ info, timeline, look, newAfterSeq: 2, now });
  const lines = (index: number): string => list.rowsOf(index).map(plain).join("\n").replace(/─+/g, "─");
  assert.match(lines(0), /─ Today ─\n\[12:03\] +Eve: message of someone you block$/);
  assert.match(lines(1), /─ new ─\n +↳ Eve: message of someone you block\n\[12:04\] +Bob: why\?$/);
});

test("a message is laid out once, until it or the columns change", () => {
  const timeline = { items, hasOlder: false, isLoadingOlder: false };
  const rowOf = (columns: number): unknown =>
    messageList({ info, timeline, look: { ...look, columns }, newAfterSeq: null, now }).rowsOf(1)[0];
  assert.equal(rowOf(60), rowOf(60));
  assert.notEqual(rowOf(60), rowOf(50));
});
