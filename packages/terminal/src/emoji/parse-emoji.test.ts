import assert from "node:assert/strict";
import { test } from "node:test";
import { emojiNames, parseEmoji } from "./parse-emoji.ts";

test("an emoji is read as itself, by its name or by a short form", async () => {
  const words = ["👍", "+1", ":heart:", "\u2764", "tada", "TADA", ":party_popper:", "<3", "👍🏽", "🇩🇪", "1️⃣"];
  assert.deepEqual(await Promise.all(words.map(parseEmoji)), [
    "👍",
    "👍",
    "❤️",
    "❤️",
    "🎉",
    "🎉",
    null,
    "❤️",
    "👍🏽",
    "🇩🇪",
    "1️⃣",
  ]);
});

test("what is no emoji is none", async () => {
  for (const word of ["", "1", "#", "hello", "toString", "👍👍", "👍 👍", "::", "\u200d", "中"])
    assert.equal(await parseEmoji(word), null, word);
});

test("each name of the list gives an emoji that the server takes", async () => {
  for (const [name, emoji] of Object.entries(await emojiNames()))
    assert.equal(await parseEmoji(emoji), emoji, name);
});
