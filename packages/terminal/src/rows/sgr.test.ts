import assert from "node:assert/strict";
import { test } from "node:test";
import { palettes } from "./palette.ts";
import { span } from "./row.ts";
import { toSgr } from "./sgr.ts";

test("styles become codes that end with their text; without colours the other styles stay", () => {
  const row = [span("ada", { color: "cyan", bold: true }), span(": hi")];
  assert.equal(toSgr(row, palettes.unknown), "\u001b[1;36mada\u001b[0m: hi");
  assert.equal(toSgr(row, null), "\u001b[1mada\u001b[0m: hi");
});

test("a text that was let through has its control characters taken here", () => {
  assert.equal(toSgr([span("a\u001b[2J\nb\u009b\u202e")], palettes.dark), "a␛[2J b\ufffd");
});
