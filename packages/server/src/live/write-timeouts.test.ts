import assert from "node:assert/strict";
import { test } from "node:test";
import { WriteTimeouts } from "./write-timeouts.ts";

test("a stream is ended once the same write has been in flight for too long, and no earlier", (context) => {
  let nowMs = 0;
  context.mock.method(performance, "now", () => nowMs);
  context.mock.timers.enable({ apis: ["setInterval"] });
  using timeouts = new WriteTimeouts(30_000);
  const ended: string[] = [];
  const stream = (name: string, writeInFlight: number) => {
    return { writeInFlight, bytesInFlight: 1, onWriteTimeout: () => void ended.push(name) };
  };
  const busy = stream("busy", 1);
  for (const each of [busy, stream("idle", 0), stream("stopped", 5)]) timeouts.add(each);
  const gone = stream("gone", 5);
  timeouts.add(gone);
  timeouts.remove(gone);
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      nowMs += 1_000;
      busy.writeInFlight++;
      context.mock.timers.tick(1_000);
    }
  };
  pass(30);
  assert.deepEqual(ended, []);
  pass(1);
  assert.deepEqual(ended, ["stopped"]);
  pass(60);
  assert.deepEqual(ended, ["stopped"], "only once");
});

test("of streams that take nothing and hold too much together, those that hold most end", (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  using timeouts = new WriteTimeouts(30_000);
  const ended: string[] = [];
  const add = (name: string, mib: number) => {
    const bytesInFlight = mib * 1024 * 1024;
    const writer = { writeInFlight: 1, bytesInFlight, onWriteTimeout: () => void ended.push(name) };
    timeouts.add(writer);
    return writer;
  };
  const reading = add("reading", 20);
  for (const [name, mib] of Object.entries({ small: 1, large: 8, larger: 9 })) add(name, mib);
  context.mock.timers.tick(1_000);
  reading.writeInFlight++;
  assert.deepEqual(ended, [], "all may have begun just now");
  context.mock.timers.tick(1_000);
  assert.deepEqual(ended, ["larger"]);
  reading.writeInFlight++;
  context.mock.timers.tick(1_000);
  assert.deepEqual(ended, ["larger"], "the others hold little enough");
});
