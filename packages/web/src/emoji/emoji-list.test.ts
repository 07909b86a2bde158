import assert from "node:assert/strict";
import { test } from "node:test";
import { emojiGroups, findEmoji } from "./emoji-list.ts";

test("emoji are found by the beginning of a name, then by what is in it or in a tag", () => {
  const found = (query: string): string[] => findEmoji(query, 5).map(({ emoji }) => emoji);
  assert.equal(found("tada")[0], "🎉");
  assert.equal(found("+1")[0], "👍");
  assert.ok(found("Heart").includes("❤️"));
  assert.ok(found("party").includes("🎉"));
  assert.deepEqual(found("xyzzy"), []);
  assert.deepEqual(found(""), []);
});

test("the groups have all emoji", () => {
  assert.ok(emojiGroups.length >= 8);
  assert.ok(emojiGroups.every(({ emoji }) => emoji.length > 50));
});
