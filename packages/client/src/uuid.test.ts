import assert from "node:assert/strict";
import { test } from "node:test";
import { randomUuid } from "./uuid.ts";

test("random UUIDs have the form of version 4, and differ", () => {
  const made = Array.from({ length: 1_000 }, randomUuid);
  for (const uuid of made)
    assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(new Set(made).size, made.length);
});
