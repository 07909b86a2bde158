import assert from "node:assert/strict";
import { test } from "node:test";
import { handlesIn } from "./mentions.ts";

test("handles are named after an @ that begins a word", () => {
  assert.deepEqual(
    [...handlesIn("@Ada, ask (@grace.h) and @linus. Not me@example.org")],
    ["ada", "grace.h", "linus"],
  );
  assert.deepEqual([...handlesIn("@ nobody")], []);
});
