import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Heartbeats } from "./heartbeats.ts";

test("each stream gets one an interval, the first an interval after it was added, until it is removed", (context) => {
  mock.timers.enable({ apis: ["setInterval"] });
  context.after(() => mock.timers.reset());
  let frames = 0;
  const heartbeats = new Heartbeats(5_000, () => Buffer.from(`${++frames}`));
  const heard: string[] = [];
  const add = (name: string): { send(frame: Buffer): void } => {
    const stream = { send: (frame: Buffer) => void heard.push(`${name}${frame}`) };
    heartbeats.add(stream);
    return stream;
  };
  const first = add("a");
  const second = add("b");
  mock.timers.tick(2_000);
  const third = add("c");
  mock.timers.tick(2_900);
  assert.deepEqual(heard, []);
  mock.timers.tick(100);
  assert.deepEqual(heard, ["a1", "b1"]);
  heartbeats.remove(first);
  mock.timers.tick(2_000);
  assert.deepEqual(heard, ["a1", "b1", "c2"]);
  mock.timers.tick(5_000);
  assert.deepEqual(heard, ["a1", "b1", "c2", "b3", "c4"]);
  for (const stream of [second, third]) heartbeats.remove(stream);
  mock.timers.tick(20_000);
  assert.equal(heard.length, 5);
  add("d");
  mock.timers.tick(5_000);
  assert.deepEqual(heard.slice(5), ["d5"]);
});
