import assert from "node:assert/strict";
import { test } from "node:test";
import { Journal } from "./journal.ts";

/** `one` is acknowledged before `two` is sent; `three` is sent and never acknowledged. */
function example(): Journal {
  const journal = new Journal();
  journal.sent("one", null);
  journal.acknowledged("one");
  journal.sent("two", null);
  journal.sent("three", null);
  for (const text of ["a", "b", "c"]) journal.sent(text, "stream");
  journal.acknowledged("two");
  journal.acknowledged("a");
  return journal;
}

test("a journal agrees with a store that has what was acknowledged, with or without the rest", () => {
  for (const stored of [
    ["one", "two", "a"],
    ["one", "three", "a", "two", "b", "c"],
  ]) {
    assert.deepEqual(example().problemsWith(stored), []);
  }
});

test("a journal notices each way in which a store can be wrong", () => {
  const problem = (stored: readonly string[]): string | undefined => example().problemsWith(stored)[0];
  assert.match(problem(["one", "a"]) ?? "", /acknowledged but not stored: two/);
  assert.match(problem(["one", "two", "a", "two"]) ?? "", /stored twice: two/);
  assert.match(problem(["one", "two", "a", "four"]) ?? "", /stored but never sent: four/);
  assert.match(
    problem(["two", "one", "a"]) ?? "",
    /two was sent after one was acknowledged, and is before it/,
  );
  assert.match(problem(["three", "one", "two", "a"]) ?? "", /three was sent after one/);
  assert.match(problem(["one", "two", "a", "c"]) ?? "", /on stream, c is stored in place of b/);
});
