import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { widthOf } from "./graphemes.ts";
import { wrap } from "./wrap.ts";

test("lines break at blanks, which are dropped there", () => {
  assert.deepEqual(wrap("the quick brown fox", 10), ["the quick", "brown fox"]);
  assert.deepEqual(wrap("exactly ten", 7), ["exactly", "ten"]);
});

test("a word that is longer than a line is cut", () => {
  assert.deepEqual(wrap("see https://example.org/a/b", 10), ["see", "https://ex", "ample.org/", "a/b"]);
});

test("wide characters and emoji are never halved", () => {
  assert.deepEqual(wrap("中文字中文字", 5), ["中文", "字中", "文字"]);
  assert.deepEqual(wrap("ab👍👍👍", 5), ["ab👍", "👍👍"]);
  assert.deepEqual(wrap("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 3), ["👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"]);
  assert.deepEqual(wrap("中", 1), ["·"]);
});

test("the first line can be shorter", () => {
  assert.deepEqual(wrap("hello there", 10, 5), ["hello", "there"]);
  assert.deepEqual(wrap("hello there", 10, 6), ["", "hello", "there"]);
  assert.deepEqual(wrap("hi", 10, 8), ["hi"]);
});

test("lines of the text stay lines, empty and indented ones too", () => {
  assert.deepEqual(wrap("if x:\n    y\n\nend", 10), ["if x:", "    y", "", "end"]);
});

test("no line is too wide, and nothing but blanks is lost", () => {
  const texts = fc.string({
    unit: fc.constantFrom("a", "bc", " ", "中", "👍", "e\u0301", "\n"),
    maxLength: 60,
  });
  fc.assert(
    fc.property(texts, fc.integer({ min: 2, max: 20 }), (text, columns) => {
      const lines = wrap(text, columns);
      assert.ok(lines.every((line) => widthOf(line) <= columns || line.trim() === ""));
      assert.equal(lines.join("").replaceAll(" ", ""), text.replace(/[ \n]/g, ""));
    }),
    { numRuns: 2_000 },
  );
});
