import assert from "node:assert/strict";
import { test } from "node:test";
import { describeEnd, hasEnded } from "./expiry.ts";

test("a thing has ended from the millisecond of its end on", () => {
  assert.equal(hasEnded(1_000, 999), false);
  assert.equal(hasEnded(1_000, 1_000), true);
  assert.equal(hasEnded(1_000, 1_001), true);
});

test("a thing without an end never ends", () => {
  assert.equal(hasEnded(null, Number.MAX_SAFE_INTEGER), false);
});

test('an end is written as a date, and as "until further notice" where there is none or no date can say it', () => {
  assert.equal(describeEnd(0), "until 1970-01-01T00:00:00.000Z");
  assert.equal(describeEnd(null), "until further notice");
  assert.equal(describeEnd(Number.MAX_SAFE_INTEGER), "until further notice");
  assert.equal(describeEnd(Number.POSITIVE_INFINITY), "until further notice");
});
