import assert from "node:assert/strict";
import { test } from "node:test";
import { cutPage, halfPage } from "./pages.ts";

const KIB = 1024;
const rowsOf = (count: number, bytes: number) => Array.from({ length: count }, () => "x".repeat(bytes));

test("a page has the rows that were asked for, or those that fit into 1 MiB", () => {
  assert.equal(cutPage(rowsOf(101, 10), { limit: 100 }).length, 100);
  assert.equal(cutPage(rowsOf(3, 10), { limit: 100 }).length, 3);
  assert.equal(cutPage(rowsOf(101, 50 * KIB), { limit: 100 }).length, 20);
  assert.equal(cutPage(rowsOf(101, 50 * KIB), halfPage(50)).length, 10);
});

test("a page has one row, however large", () => {
  assert.equal(cutPage(rowsOf(2, 2_000 * KIB), { limit: 100 }).length, 1);
  assert.equal(cutPage([], { limit: 100 }).length, 0);
});

test("everything within a row counts: texts as UTF-8, bytes, lists, labels", () => {
  const rows = [
    { text: "ä".repeat(KIB) },
    { labels: { key: "x".repeat(KIB) } },
    { bytes: [new Uint8Array(KIB)] },
  ];
  assert.equal(cutPage(rows, { limit: 100, maxBytes: 4 * KIB }).length, 2);
});
