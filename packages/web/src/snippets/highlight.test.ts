import assert from "node:assert/strict";
import { test } from "node:test";
import { highlight, wordsOf } from "./highlight.ts";

const marked = (text: string, query: string): string =>
  highlight(text, wordsOf(query))
    .map((part) => (part.isFound ? `[${part.text}]` : part.text))
    .join("");

test("the words of the query are marked without case and accents, and what begins with the last one", () => {
  assert.equal(marked("Café and cafeteria, decaf", "CAFE"), "[Café] and [cafeteria], decaf");
  assert.equal(marked("Then the freeze", "the fre"), "Then [the] [freeze]");
  assert.equal(marked("quick quickly fox", "qui* fox"), "[quick] [quickly] [fox]");
  assert.equal(marked("the quick brown fox", '-fox "quick brown"'), "the [quick] [brown] fox");
  assert.equal(marked("Straße", "strasse"), "[Straße]");
  assert.equal(marked("<b>bold</b> text", "b"), "<[b]>[bold]</[b]> text");
  assert.equal(marked("nothing", ""), "nothing");
  assert.equal(marked("a.b*c", ".*"), "a.b*c");
});

test("a long text is cut around the first word that is found", () => {
  const text = `${"before ".repeat(100)}needle${" after".repeat(100)}`;
  const shown = marked(text, "needle");
  assert.match(shown, /^…before .*\[needle\] after.*…$/s);
  assert.ok(shown.length < 340, String(shown.length));
  assert.match(marked("x".repeat(1_000), "y"), /^x{319}…$/);
});
