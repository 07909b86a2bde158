import assert from "node:assert/strict";
import { test } from "node:test";
import type { BusEvent } from "../bus/port.ts";
import type { RoomChange } from "../domain/changes.ts";
import type { RoomId } from "../domain/ids.ts";
import type { EndStore } from "../store/port/ends.ts";
import { Ends, type EndsOptions } from "./ends.ts";

const NOW_MS = 1_000;

function change(revision: number): RoomChange {
  const room = "room" as RoomId;
  const reaction = { kind: "reaction", seq: 1, emoji: "👍", removed: true } as const;
  return { roomId: room, revision, actorId: "", atMs: NOW_MS, change: reaction };
}

/** A store in which there is this much to end, a step at a time. */
function storeWith(steps: readonly (readonly RoomChange[] | Error)[]): EndStore {
  const left = [...steps];
  return {
    async endMemberships({ nowMs }) {
      assert.equal(nowMs, NOW_MS);
      const step = left.shift() ?? [];
      if (step instanceof Error) throw step;
      return step;
    },
    expireMessages: async () => [],
    applyRetention: async () => [],
  };
}

function endsOf(options: Partial<EndsOptions>): { ends: Ends; published: BusEvent[]; failures: unknown[] } {
  const published: BusEvent[] = [];
  const failures: unknown[] = [];
  const ends = new Ends({
    store: storeWith([]),
    presence: { settle: async () => {} },
    publish: (event) => published.push(event),
    clock: () => NOW_MS,
    onFailed: (error) => failures.push(error),
    intervalMs: 1,
    ...options,
  });
  return { ends, published, failures };
}

test("it goes on until nothing is left, and tells of every change in order", async () => {
  const store = storeWith([[change(1), change(2)], [change(3)]]);
  const { ends, published } = endsOf({ store, intervalMs: 60_000 });
  await using _ends = ends;
  await ends.run();
  assert.deepEqual(published, [{ change: change(1) }, { change: change(2) }, { change: change(3) }]);
});

test("after a failure it says so and tries again", async () => {
  const failure = new Error("the disk is full");
  const { promise, resolve } = Promise.withResolvers<void>();
  const published: BusEvent[] = [];
  const publish = (event: BusEvent): void => {
    published.push(event);
    resolve();
  };
  const { ends, failures } = endsOf({ store: storeWith([failure, [change(1)]]), publish });
  await using _ends = ends;
  await promise;
  assert.deepEqual(failures, [failure]);
  assert.deepEqual(published, [{ change: change(1) }]);
});

test("it begins a round each interval, never two at once, and none once it is closed", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  let isRunning = false;
  let rounds = 0;
  const settle = async (): Promise<void> => {
    assert.ok(!isRunning, "two rounds at once");
    isRunning = true;
    rounds++;
    await new Promise((resolve) => setImmediate(resolve));
    isRunning = false;
  };
  const { ends, failures } = endsOf({ presence: { settle } });
  t.mock.timers.tick(3);
  await Promise.all([ends.run(), ends.run()]);
  assert.equal(rounds, 3);
  t.mock.timers.tick(1);
  await ends[Symbol.asyncDispose]();
  assert.deepEqual([rounds, isRunning], [4, false]);
  t.mock.timers.tick(5);
  await ends.run();
  assert.equal(rounds, 5);
  assert.deepEqual(failures, []);
});
