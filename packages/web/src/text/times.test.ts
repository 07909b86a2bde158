import assert from "node:assert/strict";
import { test } from "node:test";
import { clockTime, dayName, isSameDay, momentName, shortTime, withLocalTimes } from "./times.ts";

const now = new Date(2026, 2, 10, 15, 30);

test("days near today have names, others their date", () => {
  assert.equal(dayName(new Date(2026, 2, 10), now), "Today");
  assert.equal(dayName(new Date(2026, 2, 9, 23, 59), now), "Yesterday");
  assert.match(dayName(new Date(2026, 2, 3), now), /^(?!.*2026).*3/);
  assert.match(dayName(new Date(2024, 2, 3), now), /2024/);
});

test("the day after a change of the clocks is still one day away", () => {
  assert.equal(dayName(new Date(2026, 2, 29, 0, 30), new Date(2026, 2, 30, 0, 15)), "Yesterday");
});

test("a list shows the shortest time that says enough", () => {
  assert.equal(shortTime(new Date(2026, 2, 10, 9, 5), now), clockTime(new Date(2026, 2, 10, 9, 5)));
  assert.match(shortTime(new Date(2026, 2, 6), now), /^\p{L}+/u);
  assert.match(shortTime(new Date(2025, 2, 6), now), /25/);
});

test("timestamps of the server are told in local time", () => {
  const later = new Date(2026, 2, 10, 18, 0);
  assert.equal(withLocalTimes(`until ${later.toISOString()}: spam`, now), `until ${clockTime(later)}: spam`);
  assert.match(momentName(new Date(2026, 2, 9, 8), now), /^Yesterday, /);
  assert.ok(!isSameDay(new Date(2026, 2, 10), new Date(2026, 3, 10)));
});
