import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { graphemesOf, widthOf } from "./graphemes.ts";
import { sanitizeLine, sanitizeText } from "./sanitize.ts";

test("what people write stays as it is, in every script", () => {
  for (const text of [
    "plain ASCII ~!",
    "two\nlines",
    "Straße, naïve, Ελλάδα, Привет",
    "中文 日本語 한국어",
    "עברית العربية",
    "हिन्दी ไทย தமிழ்",
    "👍 👩🏽‍❤️‍💋‍👩🏽 👨‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇫🇷 1️⃣ ❤️",
  ]) {
    assert.equal(sanitizeText(text), text);
  }
});

test("control characters become visible and do nothing", () => {
  assert.equal(sanitizeText("\u001b[2J\u001b]0;title\u0007"), "␛[2J␛]0;title␇");
  assert.equal(sanitizeText("a\u0000b\u007fc"), "a␀b␡c");
  assert.equal(sanitizeText("\u009b31m"), "\ufffd31m");
});

test("every kind of line end is a line feed, a tab is blanks", () => {
  assert.equal(sanitizeText("a\r\nb\rc\u2028d\u2029e\u0085f\tg"), "a\nb\nc\nd\ne\nf    g");
  assert.equal(sanitizeLine(" a\r\n\u2028 b\t\tc "), "a b c");
});

test("marks that reorder or hide text are taken out", () => {
  assert.equal(sanitizeText("abc\u202edcba\u202c\u2066x\u2069\u200e\u200f\u061c"), "abcdcbax");
  assert.equal(sanitizeText("a\u00ad\u200b\u2060\ufeff\u3164b"), "ab");
  assert.equal(sanitizeText("x\u{e0041}\u{e0042}"), "x");
});

test("marks are drawn onto nothing but their own letter, and not far above it", () => {
  assert.equal(sanitizeText("\u0301a"), "◌\u0301a");
  assert.equal(sanitizeText(`z${"\u0335".repeat(50)}!`), `z${"\u0335".repeat(4)}!`);
  assert.equal(sanitizeText("\u200d\u200da"), "a");
});

test("nothing is wider than it counts: endless joined emoji and jamo are replaced", () => {
  assert.equal(sanitizeText(`${"👩\u200d".repeat(40)}👩`), "\ufffd");
  assert.equal(sanitizeText("\u1100".repeat(30)), "\ufffd");
});

test("no text whatever leaves a control or format character, a lone surrogate or a giant", () => {
  const hostile = fc.string({ unit: fc.oneof(fc.string({ unit: "binary" }), dangerous()), maxLength: 40 });
  fc.assert(
    fc.property(hostile, (text) => {
      const shown = sanitizeText(text);
      assert.ok(shown.isWellFormed());
      assert.doesNotMatch(shown, /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
      assert.ok(graphemesOf(shown).every((grapheme) => [...grapheme].length <= 12));
      assert.equal(
        widthOf(sanitizeLine(text)),
        [...graphemesOf(sanitizeLine(text))].reduce((sum, grapheme) => sum + widthOf(grapheme), 0),
      );
      assert.doesNotMatch(sanitizeLine(text), /\n/);
      assert.equal(sanitizeText(shown), shown);
    }),
    { numRuns: 2_000 },
  );
});

function dangerous(): fc.Arbitrary<string> {
  return fc.constantFrom(
    "\u001b[",
    "\u009b",
    "\u202e",
    "\u200d",
    "\u0301",
    "\ufe0f",
    "\ud800",
    "👩",
    "\r",
    "\u1100",
    " ",
  );
}
