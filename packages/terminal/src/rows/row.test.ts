import assert from "node:assert/strict";
import { test } from "node:test";
import { nameColor } from "./name-color.ts";
import { fitRow, justify, plain, rowWidth, span } from "./row.ts";

const row = [span("ada", { color: "cyan" }), span(": hello")];

test("a row is filled or cut to its columns, and keeps its styles", () => {
  assert.equal(plain(fitRow(row, 12)), "ada: hello  ");
  assert.equal(plain(fitRow(row, 10)), "ada: hello");
  assert.equal(plain(fitRow(row, 6)), "ada: …");
  assert.equal(plain(fitRow(row, 3)), "ad…");
  assert.equal(plain(fitRow(row, 0)), "");
  assert.deepEqual(fitRow(row, 6)[0], { text: "ada", color: "cyan" });
  assert.equal(rowWidth(fitRow([span("中文")], 3)), 3);
});

test("two ends of a line keep apart, and the first one gives way", () => {
  assert.equal(plain(justify([span("left")], [span("right")], 12)), "left   right");
  assert.equal(plain(justify([span("a long left")], [span("right")], 12)), "a long…right");
  assert.equal(plain(justify([span("left")], [span("right")], 5)), "left ");
});

test("a name's colour is always the same, and ids spread over all of them", () => {
  assert.equal(nameColor("u-1"), nameColor("u-1"));
  const colors = new Set(Array.from({ length: 200 }, (_, index) => nameColor(`user-${index}`)));
  assert.equal(colors.size, 10);
});
