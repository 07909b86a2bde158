import assert from "node:assert/strict";
import { test } from "node:test";
import { FairQueue } from "./fair-queue.ts";

function example(maxAtOnce: number, maxWaiting = Number.POSITIVE_INFINITY) {
  const queue = new FairQueue(maxAtOnce, { maxWaiting, refusal: () => new Error("busy") });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    queue,
    begun,
    ask: (name: string): Promise<void> =>
      queue.run(name.slice(0, 1), () => {
        begun.push(name);
        return new Promise((resolve) => ends.set(name, resolve));
      }),
    async end(name: string): Promise<void> {
      ends.get(name)?.();
      await new Promise(setImmediate);
    },
  };
}

test("callers take turns, each in their own order, however many one has asked for", async () => {
  const { ask, begun, end } = example(2);
  const all = ["a1", "a2", "a3", "a4", "b1", "b2", "c1"].map(ask);
  assert.deepEqual(begun, ["a1", "a2"]);
  for (const name of ["a1", "a2", "a3", "b1", "c1", "a4", "b2"]) await end(name);
  await Promise.all(all);
  assert.deepEqual(begun, ["a1", "a2", "a3", "b1", "c1", "a4", "b2"]);
});

test("when too many wait, the newest of the caller with the most is refused, else the one who asks", async () => {
  const { ask, begun, end } = example(1, 4);
  const outcomes = new Map<string, string>();
  const all = ["a1", "a2", "a3", "a4", "a5", "a6", "b1", "c1", "b2", "d1", "e1"].map((name) =>
    ask(name).then(
      () => outcomes.set(name, "done"),
      (error: Error) => outcomes.set(name, error.message),
    ),
  );
  for (const name of ["a1", "a2", "b1", "c1", "d1"]) await end(name);
  await Promise.all(all);
  assert.deepEqual(begun, ["a1", "a2", "b1", "c1", "d1"]);
  const refused = [...outcomes].filter(([, outcome]) => outcome === "busy").map(([name]) => name);
  assert.deepEqual(refused.sort(), ["a3", "a4", "a5", "a6", "b2", "e1"]);
});

test("a place that was free is taken at once again", async () => {
  const { ask, begun, end } = example(1);
  const first = ask("a1");
  await end("a1");
  await first;
  const second = ask("a2");
  assert.deepEqual(begun, ["a1", "a2"]);
  await end("a2");
  await second;
});

test("what fails gives its place on", async () => {
  const queue = new FairQueue(1);
  const failed = queue.run("a", () => Promise.reject(new Error("no")));
  const other = queue.run("b", async () => "yes");
  await assert.rejects(failed, /no/);
  assert.equal(await other, "yes");
});

test("cleared, it refuses what waits and lets what runs end", async () => {
  const { queue, ask, end } = example(1);
  const running = ask("a1");
  const waiting = ask("b1");
  queue.clear(new Error("closed"));
  await assert.rejects(waiting, /closed/);
  await end("a1");
  await running;
  const later = ask("c1");
  await end("c1");
  await later;
});
