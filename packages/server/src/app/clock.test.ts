import assert from "node:assert/strict";
import { test } from "node:test";
import { createSteadyClock } from "./clock.ts";

function clocks() {
  let [wallMs, elapsedMs] = [1_000_000_000, 5_000];
  const clock = createSteadyClock(
    () => wallMs,
    () => elapsedMs,
  );
  const start = clock();
  return {
    since: (): number => clock() - start,
    pass(ms: number): void {
      wallMs += ms;
      elapsedMs += ms;
    },
    set(ms: number): void {
      wallMs += ms;
    },
  };
}

test("it is the wall clock, also when that is set forward", () => {
  const { since, pass, set } = clocks();
  pass(1_234);
  assert.equal(since(), 1_234);
  set(60_000);
  assert.equal(since(), 61_234);
});

test("set back, it goes on at half speed until the wall clock has caught up", () => {
  const { since, pass, set } = clocks();
  pass(10_000);
  assert.equal(since(), 10_000);
  set(-60_000);
  assert.equal(since(), 10_000);
  pass(20_000);
  assert.equal(since(), 20_000);
  for (let ms = 0; ms < 30_000; ms++) pass(1);
  assert.equal(since(), 35_000);
  pass(70_000);
  assert.equal(since(), 70_000);
  pass(5);
  assert.equal(since(), 70_005);
});

test("set back by more than an hour, it follows at once", () => {
  const { since, set } = clocks();
  set(-3_600_001);
  assert.equal(since(), -3_600_001);
});
