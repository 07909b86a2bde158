import assert from "node:assert/strict";
import { test } from "node:test";
import type { BusEvent } from "../../bus/port.ts";
import type { RoomId } from "../../domain/ids.ts";
import type { RoomChange } from "../../domain/live/changes.ts";
import type { ExpiryStore } from "../../store/port/expiry.ts";
import { ExpirySweep, type ExpirySweepOptions } from "./expiry-sweep.ts";

const NOW_MS = 1_000;

function change(revision: number): RoomChange {
  const room = "room" as RoomId;
  const reaction = { kind: "reaction", seq: 1, emoji: "👍", removed: true, userId: "" } as const;
  return { roomId: room, revision, actorId: "", atMs: NOW_MS, change: reaction };
}

/** A store in which there is this much to end, a step at a time. */
function storeWith(steps: readonly (readonly RoomChange[] | Error)[]): ExpiryStore {
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
    endAccess: async () => [],
    releaseHandles: async () => {},
    forgetAddresses: async () => {},
    continueErasures: async () => ({ changes: [], erased: 0 }),
  };
}

function sweepOf(options: Partial<ExpirySweepOptions>): {
  sweep: ExpirySweep;
  published: BusEvent[];
  failures: unknown[];
} {
  const published: BusEvent[] = [];
  const failures: unknown[] = [];
  const sweep = new ExpirySweep({
    store: storeWith([]),
    presence: { settle: async () => {} },
    userChanges: { changed: () => {}, settle: async () => {} },
    publish: (event) => published.push(event),
    clock: () => NOW_MS,
    auditAddressMs: 0,
    onFailed: (error) => failures.push(error),
    intervalMs: 1,
    ...options,
  });
  return { sweep, published, failures };
}

test("it goes on until nothing is left, and tells of every change in order", async () => {
  const store = storeWith([[change(1), change(2)], [change(3)]]);
  const { sweep, published } = sweepOf({ store, intervalMs: 60_000 });
  await using _sweep = sweep;
  await sweep.run();
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
  const { sweep, failures } = sweepOf({ store: storeWith([failure, [change(1)]]), publish });
  await using _sweep = sweep;
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
  const { sweep, failures } = sweepOf({ presence: { settle } });
  t.mock.timers.tick(3);
  await Promise.all([sweep.run(), sweep.run()]);
  assert.equal(rounds, 3);
  t.mock.timers.tick(1);
  await sweep[Symbol.asyncDispose]();
  assert.deepEqual([rounds, isRunning], [4, false]);
  t.mock.timers.tick(5);
  await sweep.run();
  assert.equal(rounds, 5);
  assert.deepEqual(failures, []);
});
