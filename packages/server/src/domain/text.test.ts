import assert from "node:assert/strict";
import { test } from "node:test";
import { hasVisibleCharacter } from "./text.ts";

test("blanks, controls, fillers and marks alone show nothing", () => {
  const nothing = [
    ...[
      "",
      " \t\r\n\u3000",
      "\u0000",
      "\u2800",
      "\u3164\uffa0\u115f\u1160",
      "\u200b\u200c\u200d\u2060\ufeff",
    ],
    ...["\u0301", "\u0301\u20dd ", "\ufe0f", "\u00ad\u034f\u061c\u180e", "\u202e\u2066", "\ufff9\ufffb"],
    ...["\u{e0041}", "\u{1d159}", "\u{13441}\u{13442}", "\u2800 \u0000\u0301\u3164"],
  ];
  for (const text of nothing) assert.equal(hasVisibleCharacter(text), false, JSON.stringify(text));
});

test("one character that shows is enough", () => {
  for (const text of [
    "a",
    ".",
    "❤️",
    "1️⃣",
    "🇫🇷",
    "é",
    "e\u0301",
    "का",
    "\u2801",
    "\u0600",
    "\u2800x",
    "\u{e000}",
  ]) {
    assert.equal(hasVisibleCharacter(text), true, JSON.stringify(text));
  }
});
