import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "../errors.ts";
import { parseEmoji } from "./emoji.ts";

const parse = (emoji: string): string => parseEmoji(emoji, "emoji");

test("an emoji has one form, however its variation selectors were sent", () => {
  const forms = [
    ["❤️", "\u2764", "\u2764\ufe0f", "\u2764\ufe0e"],
    ["👍", "👍\ufe0f", "👍\ufe0e"],
    ["👍🏽", "👍\ufe0f🏽"],
    ["☝🏽", "☝\ufe0f🏽"],
    ["1️⃣", "1\u20e3"],
    ["#️⃣", "#\ufe0e\u20e3"],
    ["🏳️‍🌈", "🏳‍🌈"],
    ["👁️‍🗨️", "👁‍🗨", "👁️‍🗨"],
    ["❤️‍🔥", "❤‍🔥"],
    ["⛹🏻‍♀️", "⛹🏻‍♀"],
    ["🇫🇷"],
    ["👩‍👩‍👧"],
    ["🏴󠁧󠁢󠁥󠁮󠁧󠁿"],
    ["™️", "™"],
    [":custom-name:"],
    [":+1:"],
  ];
  for (const [form = "", ...others] of forms) {
    for (const other of [form, ...others]) assert.equal(parse(other), form, JSON.stringify(other));
  }
});

test("every emoji of one character is what Unicode makes of it, with and without its selector", () => {
  let count = 0;
  for (let point = 0; point < 0x2_0000; point++) {
    const plain = String.fromCodePoint(point);
    const form = [plain, `${plain}\ufe0f`].find((one) => /^\p{RGI_Emoji}$/v.test(one));
    if (form === undefined) continue;
    count++;
    assert.equal(parse(plain), form);
    assert.equal(parse(`${plain}\ufe0f`), form);
  }
  assert.ok(count > 1_300, String(count));
});

test("anything but one emoji or one name is refused", () => {
  const wrong = [
    ...[
      " ",
      "x",
      "1",
      "e3",
      "👍👍",
      "👍 ",
      "a b",
      "a\0",
      "\u200b",
      "\ufe0f",
      "\u2800",
      "e\u0301",
      "🇫",
      "\u200d",
    ],
    ...[":", "::", ":A:", ":a b:", ":é:", ":a::b:", ":x", "👍:x:", "👩‍🚀‍🚀", "🏽👍", "\u{e0067}"],
  ];
  for (const emoji of wrong) assert.equal(reasonOf(emoji), "FIELD_INVALID", JSON.stringify(emoji));
  assert.equal(reasonOf(""), "FIELD_REQUIRED");
  assert.equal(reasonOf(`:${"x".repeat(31)}:`), "FIELD_TOO_LONG");
});

function reasonOf(emoji: string): string {
  try {
    return parse(emoji);
  } catch (error) {
    return error instanceof ChatError ? error.reason : String(error);
  }
}
