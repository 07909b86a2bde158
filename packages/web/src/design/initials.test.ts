import assert from "node:assert/strict";
import { test } from "node:test";
import { hueOf, initialsOf } from "./initials.ts";

test("a name is shown by its first and last word's first letters", () => {
  const names = ["Ada Lovelace", "grace", "Jean-Luc Marie Picard", "李 雷", "  ", "🌸 Rosa", "o'Neil"];
  assert.deepEqual(names.map(initialsOf), ["AL", "G", "JP", "李雷", "?", "🌸R", "ON"]);
});

test("the same id has the same hue, and others have others", () => {
  assert.equal(hueOf("01ABC"), hueOf("01ABC"));
  const hues = new Set(Array.from({ length: 100 }, (_, index) => hueOf(`user-${index}`)));
  assert.ok(hues.size > 10, `${hues.size} hues`);
  for (const hue of hues) assert.ok(hue >= 0 && hue < 360);
});
