import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { StallWatch } from "./stall-watch.ts";

test("a stream is ended once the same write has been in flight for too long, and no earlier", (context) => {
  context.after(() => mock.restoreAll());
  let nowMs = 0;
  mock.method(performance, "now", () => nowMs);
  mock.timers.enable({ apis: ["setInterval"] });
  using watch = new StallWatch(30_000);
  const busy = { writeInFlight: 1 };
  const idle = { writeInFlight: 0 };
  const stopped = { writeInFlight: 5 };
  const ended: object[] = [];
  for (const outbox of [busy, idle, stopped]) watch.watch(outbox, () => ended.push(outbox));
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      nowMs += 1_000;
      busy.writeInFlight++;
      mock.timers.tick(1_000);
    }
  };
  pass(30);
  assert.deepEqual(ended, []);
  pass(1);
  assert.deepEqual(ended, [stopped]);
  pass(60);
  assert.deepEqual(ended, [stopped], "only once");
});
