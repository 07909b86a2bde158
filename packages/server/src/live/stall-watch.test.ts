import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { StallWatch } from "./stall-watch.ts";

test("a stream is ended once the same write has been in flight for too long, and no earlier", (context) => {
  context.after(() => mock.restoreAll());
  let nowMs = 0;
  mock.method(performance, "now", () => nowMs);
  mock.timers.enable({ apis: ["setInterval"] });
  using watch = new StallWatch(30_000);
  const ended: string[] = [];
  const stream = (name: string, writeInFlight: number) => {
    return { writeInFlight, onStalled: () => void ended.push(name) };
  };
  const busy = stream("busy", 1);
  for (const each of [busy, stream("idle", 0), stream("stopped", 5)]) watch.add(each);
  const gone = stream("gone", 5);
  watch.add(gone);
  watch.remove(gone);
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
  assert.deepEqual(ended, ["stopped"]);
  pass(60);
  assert.deepEqual(ended, ["stopped"], "only once");
});
