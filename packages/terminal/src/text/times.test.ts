import assert from "node:assert/strict";
import { test } from "node:test";
import { clockTime, dayName, momentName, withLocalTimes } from "./times.ts";

const now = new Date(2026, 2, 10, 0, 5);

test("the time of day has two digits each", () => {
  assert.equal(clockTime(new Date(2026, 0, 1, 9, 5)), "09:05");
  assert.equal(clockTime(new Date(2026, 0, 1, 0, 0)), "00:00");
});

test("today and yesterday have names, other days their date", () => {
  assert.equal(dayName(new Date(2026, 2, 10, 0, 1), now), "Today");
  assert.equal(dayName(new Date(2026, 2, 9, 23, 59), now), "Yesterday");
  assert.equal(dayName(new Date(2026, 2, 8, 23, 59), now), "Sunday 8 March");
  assert.equal(dayName(new Date(2024, 1, 29), now), "Thursday 29 February 2024");
});

test("a moment of another day has its date, and the server's timestamps become local times", () => {
  const later = new Date(2026, 2, 10, 19, 52);
  assert.equal(momentName(later, now), "19:52");
  assert.equal(momentName(new Date(2026, 2, 12, 8, 0), now), "Thursday 12 March 08:00");
  assert.equal(withLocalTimes(`muted until ${later.toISOString()}`, now), "muted until 19:52");
  assert.equal(withLocalTimes("until 2026-03-10", now), "until 2026-03-10");
});
