import assert from "node:assert/strict";
import { test } from "node:test";
import { Debounce } from "./debounce.ts";

test("what is asked for many times is done once, the delay after the first time", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let done = 0;
  const debounce = new Debounce(() => done++, 1_000);
  debounce.ask();
  context.mock.timers.tick(600);
  debounce.ask();
  context.mock.timers.tick(399);
  assert.equal(done, 0);
  context.mock.timers.tick(1);
  assert.equal(done, 1);
  context.mock.timers.tick(10_000);
  assert.equal(done, 1);
  debounce.ask();
  context.mock.timers.tick(1_000);
  assert.equal(done, 2);
});

test("what is cancelled is not done, and says whether it was due", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let done = 0;
  const debounce = new Debounce(() => done++, 1_000);
  assert.equal(debounce.cancel(), false);
  debounce.ask();
  assert.equal(debounce.cancel(), true);
  assert.equal(debounce.cancel(), false);
  context.mock.timers.tick(10_000);
  assert.equal(done, 0);
});
