import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toIndexed, tokenize } from "./tokenizer.ts";

const cases: readonly (readonly [text: string, tokens: readonly string[]])[] = [
  ["Hello, World-wide a_b C3PO!", ["hello", "world", "wide", "a", "b", "c3po"]],
  ["don't", ["don", "t"]],
  ["Łódź đường STRASSE straße Æsir", ["lodz", "duong", "strasse", "strasse", "aesir"]],
  ["İstanbul ISPARTA ısparta", ["istanbul", "isparta", "isparta"]],
  ["ΕΛΛΆΔΑ Ελλάδα ΣΟΦΌΣ σοφός", ["ελλαδα", "ελλαδα", "σοφοσ", "σοφοσ"]],
  ["Ёлка мой мои", ["елка", "мой", "мои"]],
  ["שָׁלוֹם", ["שלום"]],
  ["مُحَمَّد الســـلام", ["محمد", "السلام"]],
  ["नमस्ते दुनिया", ["नमस्ते", "दुनिया"]],
  ["上海市", ["上海", "海市", "市"]],
  ["ﾃｽﾄ", ["テス", "スト", "ト"]],
  ["ガカ", ["ガカ", "カ"]],
  ["서울에서", ["서울", "울에", "에서", "서"]],
  ["ไทย", ["ไท", "ทย", "ย"]],
  ["iPhone手机", ["iphone", "手机", "机"]],
  ["ｆｕｌｌ 𝒳 ①", ["full", "x", "1"]],
  ["👍🏽 ❤️ 👨‍👩‍👧 🇩🇪🇫🇷", ["👍", "❤", "👨", "👩", "👧", "🇩🇪", "🇫🇷"]],
  ["  \u0000\n—…", []],
];

for (const [text, tokens] of cases) {
  test(`the tokens of ${JSON.stringify(text)}`, () => assert.deepEqual(tokenize(text), tokens));
}

test("a very long word is cut", () => {
  assert.deepEqual(tokenize("a".repeat(1_000)), ["a".repeat(64)]);
  assert.deepEqual(tokenize("ж".repeat(1_000)), ["ж".repeat(64)]);
});

test("tokens of tokens are the same tokens", () => {
  for (const [text] of cases) {
    for (const token of tokenize(text)) assert.equal(tokenize(token)[0], token);
  }
});

test("the index keeps the tokens of every text, between ASCII that is no letter and no digit", () => {
  const ascii = fc.string({ unit: fc.nat(127).map((code) => String.fromCharCode(code)), size: "large" });
  const long = fc.nat(200).map((length) => "x".repeat(length));
  const text = fc.array(fc.oneof(ascii, long, fc.string({ unit: "grapheme" })), { maxLength: 5 });
  fc.assert(
    fc.property(text, (parts) => {
      const kept = toIndexed(parts.join(" ")).split(/[\0-\x2f\x3a-\x60\x7b-\x7f]+/);
      assert.deepEqual(
        kept.filter((token) => token !== ""),
        tokenize(parts.join(" ")),
      );
    }),
  );
});
