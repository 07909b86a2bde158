import assert from "node:assert/strict";
import { test } from "node:test";
import { completed, wantedAt } from "./completing.ts";

test("the word before the cursor decides what is completed", () => {
  const wanted = (text: string): string | null => {
    const found = wantedAt(text, text.length);
    return found && `${found.kind} ${found.start} ${found.from}`;
  };
  assert.equal(wanted("/jo"), "command jo 0");
  assert.equal(wanted("hi /jo"), null);
  assert.equal(wanted("hi @"), "mention  3");
  assert.equal(wanted("hi @gra"), "mention gra 3");
  assert.equal(wanted("me@example"), null);
  assert.equal(wanted("so :ta"), "emoji ta 3");
  assert.equal(wanted("so :"), null);
  assert.equal(wanted("at 10:30"), null);
  assert.equal(wantedAt("@ada and more", 4)?.start, "ada");
});

test("a completion takes the place of the word, with a blank after it", () => {
  assert.deepEqual(completed("hi @gr", 6, 3, "@grace"), { text: "hi @grace ", cursor: 10 });
  assert.deepEqual(completed("hi @gr now", 6, 3, "@grace"), { text: "hi @grace now", cursor: 9 });
});
