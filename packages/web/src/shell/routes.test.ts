import assert from "node:assert/strict";
import { test } from "node:test";
import { roomPath, seqOf } from "./routes.ts";

test("a room and a message have their URLs", () => {
  assert.equal(roomPath("a/b"), "/r/a%2Fb");
  assert.equal(roomPath("room", 12), "/r/room/12");
});

test("only a message's number is one", () => {
  assert.equal(seqOf("12"), 12);
  for (const wrong of [undefined, "", "0", "-1", "1.5", "1e3", "x", "9".repeat(16)]) {
    assert.equal(seqOf(wrong), undefined, String(wrong));
  }
});
