import assert from "node:assert/strict";
import { test } from "node:test";
import { newRoomId } from "./room-ids.ts";

test("a room's id is unlike any other, and can be an argument of a command", () => {
  const ids = new Set(Array.from({ length: 5_000 }, newRoomId));
  assert.equal(ids.size, 5_000);
  for (const id of ids) assert.match(id, /^[A-Za-z0-9_][A-Za-z0-9_-]{15}$/);
});
