import assert from "node:assert/strict";
import { test } from "node:test";
import { durationWords } from "./durations.ts";

test("a duration is said in the largest unit that fits it", () => {
  const words = [1_000, 10_000, 60_000, 90_000, 3_600_000, 86_400_000, 604_800_000, 1_500].map(durationWords);
  const expected = [
    "1 second",
    "10 seconds",
    "1 minute",
    "90 seconds",
    "1 hour",
    "1 day",
    "7 days",
    "1.5 seconds",
  ];
  assert.deepEqual(words, expected);
});
