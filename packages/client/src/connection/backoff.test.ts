import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffMs } from "./backoff.ts";

const bounds = { minDelayMs: 250, maxDelayMs: 30_000 };

test("a delay is anything up to a bound that doubles, and then stays", () => {
  const longest = [1, 2, 3, 7, 8, 9, 100].map((attempt) =>
    backoffMs(attempt, { ...bounds, random: () => 1 }),
  );
  assert.deepEqual(longest, [250, 500, 1_000, 16_000, 30_000, 30_000, 30_000]);
  assert.equal(backoffMs(9, { ...bounds, random: () => 0 }), 0);
  assert.equal(backoffMs(2, { ...bounds, random: () => 0.5 }), 250);
});
