import assert from "node:assert/strict";
import { test } from "node:test";
import { plain, type Row, span } from "../rows/row.ts";
import { type ScrollList, type ScrollPosition, scrollBy, scrollTo, visibleRows } from "./viewport.ts";

/** Items of the given heights; their rows are "0.0", "0.1", "1.0"… */
function listOf(heights: readonly number[]): ScrollList & { readonly asked: Set<number> } {
  const asked = new Set<number>();
  return {
    asked,
    count: heights.length,
    rowsOf(index): readonly Row[] {
      asked.add(index);
      return Array.from({ length: heights[index] ?? 0 }, (_, row) => [span(`${index}.${row}`)]);
    },
  };
}

function shown(list: ScrollList, height: number, at: ScrollPosition | "end"): string {
  return visibleRows(list, height, at).rows.map(plain).join(" ");
}

test("a short list is shown whole, and is at both ends", () => {
  const list = listOf([1, 2]);
  assert.equal(shown(list, 5, "end"), "0.0 1.0 1.1");
  const { isAtStart, isAtEnd } = visibleRows(list, 5, "end");
  assert.deepEqual([isAtStart, isAtEnd], [true, true]);
  assert.equal(shown(listOf([]), 5, "end"), "");
});

test("the end of a long list is shown, also the end of one long item", () => {
  assert.equal(shown(listOf([1, 3, 2]), 4, "end"), "1.1 1.2 2.0 2.1");
  assert.equal(shown(listOf([9]), 2, "end"), "0.7 0.8");
});

test("scrolling goes by rows, through items, and stops at both ends", () => {
  const list = listOf([1, 3, 2, 1]);
  let at: ScrollPosition | "end" = scrollBy(list, 3, { at: "end", rows: -1 });
  assert.equal(shown(list, 3, at), "1.2 2.0 2.1");
  at = scrollBy(list, 3, { at, rows: -1 });
  assert.equal(shown(list, 3, at), "1.1 1.2 2.0");
  assert.equal(shown(list, 3, scrollBy(list, 3, { at, rows: -100 })), "0.0 1.0 1.1");
  assert.equal(scrollBy(list, 3, { at, rows: 2 }), scrollBy(list, 3, { at, rows: 3 }));
  assert.equal(scrollBy(list, 3, { at, rows: 100 }), "end");
});

test("scrolling to an item moves no further than is needed to see all of it", () => {
  const list = listOf([1, 3, 2, 1, 1, 1]);
  assert.equal(shown(list, 3, scrollTo(list, 3, { at: "end", index: 1 })), "1.0 1.1 1.2");
  assert.equal(shown(list, 3, scrollTo(list, 3, { at: { index: 0, row: 0 }, index: 2 })), "1.2 2.0 2.1");
  assert.deepEqual(scrollTo(list, 5, { at: { index: 0, row: 0 }, index: 1 }), { index: 0, row: 0 });
  assert.equal(scrollTo(list, 3, { at: { index: 0, row: 0 }, index: 5 }), "end");
});

test("a position survives items that became shorter or fewer", () => {
  assert.equal(shown(listOf([1, 1, 9]), 2, { index: 1, row: 7 }), "1.0 2.0");
  assert.equal(shown(listOf([1, 1]), 2, { index: 7, row: 7 }), "0.0 1.0");
});

test("a position may be some rows above an item", () => {
  const list = listOf([1, 3, 2, 9]);
  assert.equal(shown(list, 3, { index: 2, row: -2 }), "1.1 1.2 2.0");
  assert.equal(shown(list, 3, { index: 1, row: -2 }), "0.0 1.0 1.1");
  assert.equal(shown(list, 3, scrollBy(list, 3, { at: { index: 2, row: -2 }, rows: 1 })), "1.2 2.0 2.1");
});

test("of 10,000 messages only those on the screen are laid out", () => {
  const list = listOf(Array.from({ length: 10_000 }, (_, index) => (index % 3) + 1));
  visibleRows(list, 40, "end");
  assert.ok(list.asked.size <= 45, `asked for ${list.asked.size}`);
  list.asked.clear();
  visibleRows(list, 40, scrollBy(list, 40, { at: { index: 5_000, row: 0 }, rows: -39 }));
  assert.ok(list.asked.size <= 120, `asked for ${list.asked.size}`);
});
