import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Watchdog } from "./watchdog.ts";

/** Starts a watchdog; `silence` resolves with the time at which it noticed one. */
function watch(limitMs: number): { dog: Watchdog; silence: Promise<number> } {
  const { promise: silence, resolve } = Promise.withResolvers<number>();
  return { dog: new Watchdog(limitMs, () => resolve(performance.now())), silence };
}

describe("a watchdog", () => {
  test("notices a silence, and no pause that is shorter", async () => {
    const { dog, silence } = watch(60);
    let fedAt = 0;
    const talking = setInterval(() => {
      fedAt = performance.now();
      dog.feed();
    }, 10);
    const beganAt = performance.now();
    while (performance.now() < beganAt + 200) await new Promise((resolve) => setTimeout(resolve, 5));
    clearInterval(talking);
    assert.ok((await silence) - fedAt >= 59);
    dog[Symbol.dispose]();
  });

  test("reads buffered input after a blocked event loop before it declares silence", async () => {
    const { dog, silence } = watch(30);
    const until = performance.now() + 60;
    while (performance.now() < until);
    // Waiting input is read after the timers that are due.
    let fedAt = 0;
    setImmediate(() => {
      fedAt = performance.now();
      dog.feed();
    });
    assert.ok((await silence) >= fedAt + 29);
    dog[Symbol.dispose]();
  });
});
