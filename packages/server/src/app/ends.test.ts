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

test("it never does two rounds at once, whoever asks, and none once it is closed", async () => {
  let running = 0;
  let most = 0;
  let rounds = 0;
  const settle = async (): Promise<void> => {
    rounds++;
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running--;
  };
  const { ends } = endsOf({ presence: { settle } });
  await Promise.all([ends.run(), ends.run(), ends.run()]);
  assert.ok(rounds >= 3);
  await ends[Symbol.asyncDispose]();
  assert.deepEqual([most, running], [1, 0]);
  const atTheEnd = rounds;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(rounds, atTheEnd);
});
