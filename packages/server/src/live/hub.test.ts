import assert from "node:assert/strict";
import { test } from "node:test";
import type { BusEvent } from "../bus/port.ts";
import { LOBBY, type RoomId } from "../domain/ids.ts";
import type { RoomChange } from "../domain/live/changes.ts";
import type { LiveChange } from "./event.ts";
import { Hub, type RoomListener } from "./hub.ts";
import { concatResponses, Joiner } from "./responses.ts";

function changed(revision: number, roomId = LOBBY): BusEvent {
  return {
    change: {
      roomId,
      revision,
      actorId: "",
      atMs: 0,
      change: { kind: "reaction", seq: 1, emoji: "👍", removed: false, userId: "" },
    },
  };
}

function listener(onChange: (event: LiveChange) => void): RoomListener {
  return {
    onChanges({ events }) {
      for (const event of events) onChange(event);
    },
    onSignal() {},
  };
}

/** Waits until the hub has fanned out the changes of this turn. */
const turn = (): Promise<void> => Promise.resolve();

test("each listener gets each change once, from when it came until it leaves", async () => {
  const hub = new Hub(Date.now);
  const heard: number[] = [];
  const heardLater: number[] = [];
  const hear = (into: number[]) => listener(({ value }) => into.push(value.revision));
  const first = hear(heard);
  hub.listen(LOBBY, first);
  hub.deliver(changed(1));
  await turn();
  const second = hear(heardLater);
  hub.listen(LOBBY, second);
  hub.deliver(changed(2));
  hub.deliver(changed(2));
  hub.deliver(changed(1));
  await turn();
  hub.leave(LOBBY, first);
  hub.deliver(changed(3));
  await turn();
  hub.leave(LOBBY, second);
  hub.deliver(changed(4));
  await turn();
  assert.deepEqual(heard, [1, 2]);
  assert.deepEqual(heardLater, [2, 3]);
});

test("the changes of one turn are one batch, encoded once, however many listen", async () => {
  const hub = new Hub(Date.now);
  let encodings = 0;
  const encoding = {
    change({ revision }: RoomChange): Buffer {
      encodings++;
      return Buffer.from(`${revision};`);
    },
    joiner: new Joiner(concatResponses),
  };
  const received: Buffer[] = [];
  for (let count = 0; count < 3; count++) {
    hub.listen(LOBBY, { onChanges: (batch) => received.push(batch.encoded(encoding)), onSignal() {} });
  }
  for (const revision of [1, 2, 3]) hub.deliver(changed(revision));
  await turn();
  hub.deliver(changed(4));
  await turn();
  assert.equal(encodings, 4);
  assert.deepEqual(received.map(String), [...Array(3).fill("1;2;3;"), ...Array(3).fill("4;")]);
  assert.equal(received[0], received[1], "the same bytes for all");
});

test("a batch has a bound, and a hole parts two", async () => {
  const hub = new Hub(Date.now);
  const batches: number[][] = [];
  hub.listen(LOBBY, {
    onChanges: ({ events }) => batches.push(events.map(({ value }) => value.revision)),
    onSignal() {},
  });
  for (let revision = 1; revision <= 600; revision++) hub.deliver(changed(revision));
  await turn();
  assert.ok(batches.length > 1 && batches.every((batch) => batch.length <= 300));
  assert.deepEqual(
    batches.flat(),
    Array.from({ length: 600 }, (_, index) => index + 1),
  );
  batches.length = 0;
  for (const revision of [601, 603, 604]) hub.deliver(changed(revision));
  await turn();
  assert.deepEqual(batches, [[601], [603, 604]]);
});

test("recent changes can be had again, up to a bound and without a hole", () => {
  const hub = new Hub(Date.now);
  hub.listen(
    LOBBY,
    listener(() => {}),
  );
  const missed = (revision: number) =>
    hub.recentAfter(LOBBY, revision)?.flatMap(({ events }) => events.map(({ value }) => value.revision));
  assert.deepEqual(missed(0), []);
  for (const revision of [5, 6, 7]) hub.deliver(changed(revision));
  assert.deepEqual(missed(4), [5, 6, 7]);
  assert.deepEqual(missed(6)?.at(-1), 7);
  assert.deepEqual(missed(7), []);
  assert.equal(hub.recentAfter(LOBBY, 3), null, "4 is not known");
  hub.deliver(changed(9));
  assert.equal(hub.recentAfter(LOBBY, 7), null, "8 is not known");
  assert.deepEqual(missed(8), [9]);
  for (let revision = 10; revision <= 20_000; revision++) hub.deliver(changed(revision));
  assert.equal(hub.recentAfter(LOBBY, 100), null, "so far back nothing is kept");
  assert.deepEqual(missed(19_990)?.at(-1), 20_000);
});

test("the recent changes of all rooms together have a bound, and the rooms that changed last keep theirs", () => {
  const hub = new Hub(Date.now);
  const rooms = Array.from({ length: 100 }, (_, index) => `room-${index}` as RoomId);
  for (const roomId of rooms) {
    hub.listen(
      roomId,
      listener(() => {}),
    );
    for (let revision = 1; revision <= 4_000; revision++) hub.deliver(changed(revision, roomId));
    assert.equal(hub.recentAfter(roomId, 3_999)?.length, 1);
  }
  const kept = rooms.filter((roomId) => hub.recentAfter(roomId, 3_999) !== null);
  assert.ok(kept.length > 10 && kept.length < 100, `${kept.length} rooms`);
  assert.deepEqual(kept, rooms.slice(-kept.length));
});

test("a room is forgotten when its last listener leaves", () => {
  const hub = new Hub(Date.now);
  const [first, second] = [listener(() => {}), listener(() => {})];
  for (const each of [first, second]) hub.listen(LOBBY, each);
  hub.deliver(changed(7));
  assert.equal(hub.head(LOBBY), 7);
  hub.leave(LOBBY, first);
  hub.leave(LOBBY, first);
  assert.equal(hub.head(LOBBY), 7);
  hub.leave(LOBBY, second);
  assert.equal(hub.head(LOBBY), 0);
});
