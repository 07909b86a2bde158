import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Watchdog } from "./watchdog.ts";

/** A watchdog, and when it has noticed a silence. */
function watch(limitMs: number): { dog: Watchdog; silence: Promise<number> } {
  const { promise: silence, resolve } = Promise.withResolvers<number>();
  return { dog: new Watchdog(limitMs, () => resolve(performance.now())), silence };
}

describe("a watchdog", () => {
  test("notices a silence, and no pause that is shorter", async () => {
    const { dog, silence } = watch(60);
    let heardAt = 0;
    const talking = setInterval(() => {
      heardAt = performance.now();
      dog.heard();
    }, 10);
    const beganAt = performance.now();
    while (performance.now() < beganAt + 200) await new Promise((resolve) => setTimeout(resolve, 5));
    clearInterval(talking);
    assert.ok((await silence) - heardAt >= 59);
    dog[Symbol.dispose]();
  });

  test("hears what has come while nobody could listen", async () => {
    const { dog, silence } = watch(30);
    const until = performance.now() + 60;
    while (performance.now() < until);
    // What waits is read after the timers that are due.
    let heardAt = 0;
    setImmediate(() => {
      heardAt = performance.now();
      dog.heard();
    });
    assert.ok((await silence) >= heardAt + 29);
    dog[Symbol.dispose]();
  });
});
