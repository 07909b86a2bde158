import assert from "node:assert/strict";
import { test } from "node:test";
import { fitLeft, fitRight, truncate } from "./fit.ts";

test("what is too long ends in an ellipsis", () => {
  assert.equal(truncate("general", 7), "general");
  assert.equal(truncate("general", 5), "gene…");
  assert.equal(truncate("general", 0), "");
});

test("a wide character that doesn't fit leaves a blank", () => {
  assert.equal(fitLeft("中文字", 4), "中… ");
  assert.equal(fitRight("中文字", 4), " 中…");
});

test("what is short is filled at the other side", () => {
  assert.equal(fitLeft("ada", 5), "ada  ");
  assert.equal(fitRight("ada", 5), "  ada");
});
