import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox, type OutboxOptions } from "./outbox.ts";

/** A socket that takes a write only when it is told to. */
class Socket {
  readonly written: string[] = [];
  #done: (() => void) | null = null;

  readonly write = (bytes: Buffer, done: () => void): void => {
    assert.equal(this.#done, null, "one write is in flight at most");
    this.written.push(bytes.toString());
    this.#done = done;
  };

  take(): void {
    const done = this.#done;
    this.#done = null;
    done?.();
  }
}

function example(options: Partial<OutboxOptions> = {}) {
  const socket = new Socket();
  const outbox = new Outbox(socket.write, { nowMs: () => 0, ...options });
  const push = (seq: number): boolean => outbox.push(Buffer.from(`m${seq}`));
  return { socket, outbox, push };
}

test("one write is in flight, and what comes meanwhile follows in order", () => {
  const { socket, outbox, push } = example();
  for (const seq of [1, 2, 3]) assert.ok(push(seq));
  assert.deepEqual(socket.written, ["m1"]);
  assert.equal(outbox.queuedBytes, 4);
  socket.take();
  assert.ok(push(4));
  assert.deepEqual(socket.written, ["m1", "m2"]);
  for (let taken = 0; taken < 3; taken++) socket.take();
  assert.deepEqual(socket.written, ["m1", "m2", "m3", "m4"]);
  assert.equal(outbox.queuedBytes, 0);
});

test("what does not fit is not queued, and what waits stays", () => {
  const { socket, outbox, push } = example({ maxQueuedBytes: 6 });
  for (const seq of [1, 2, 3, 4]) assert.ok(push(seq));
  assert.equal(push(5), false);
  assert.equal(outbox.queuedBytes, 6);
  for (let taken = 0; taken < 4; taken++) socket.take();
  assert.ok(push(5));
  assert.deepEqual(socket.written, ["m1", "m2", "m3", "m4", "m5"]);
});

test("what must be kept is queued beyond the bound", () => {
  const { socket, outbox, push } = example({ maxQueuedBytes: 4 });
  for (const seq of [1, 2, 3]) assert.ok(push(seq));
  outbox.keep(Buffer.from("kept"));
  assert.equal(push(4), false);
  for (let taken = 0; taken < 4; taken++) socket.take();
  assert.deepEqual(socket.written, ["m1", "m2", "m3", "kept"]);
});

test("it says once when nothing waits behind the write in flight", () => {
  const { socket, outbox, push } = example();
  let emptied = 0;
  outbox.onceEmpty(() => emptied++);
  push(1);
  assert.equal(emptied, 1);
  push(2);
  outbox.onceEmpty(() => emptied++);
  assert.equal(emptied, 1);
  socket.take();
  assert.equal(emptied, 2);
});

test("where responses merge, all that one turn brings is one write, and all that waits the next", async () => {
  const { socket, outbox, push } = example({ merges: true });
  for (const seq of [1, 2, 3]) assert.ok(push(seq));
  let drained = 0;
  outbox.onceDrained(() => drained++);
  assert.deepEqual(socket.written, []);
  await Promise.resolve();
  assert.deepEqual(socket.written, ["m1m2m3"]);
  for (const seq of [4, 5]) push(seq);
  outbox.keep(Buffer.from("kept"));
  assert.equal(drained, 0);
  socket.take();
  assert.deepEqual(socket.written, ["m1m2m3", "m4m5kept"]);
  socket.take();
  assert.equal(drained, 1);
});

test("a merged write has a bound", async () => {
  const { socket, outbox } = example({ merges: true });
  for (let count = 0; count < 5; count++) outbox.push(Buffer.alloc(100 * 1024));
  await Promise.resolve();
  for (let taken = 0; taken < 2; taken++) socket.take();
  assert.deepEqual(
    socket.written.map((text) => text.length / 1024),
    [200, 200, 100],
  );
});

test("it says once when all has been taken: at once when nothing waits", () => {
  const { socket, outbox, push } = example();
  let drained = 0;
  outbox.onceDrained(() => drained++);
  assert.equal(drained, 1);
  push(1);
  push(2);
  outbox.onceDrained(() => drained++);
  socket.take();
  assert.equal(drained, 1);
  socket.take();
  assert.equal(drained, 2);
  push(3);
  socket.take();
  assert.equal(drained, 2);
});

test("a stall is measured from the beginning of the write that is in flight", () => {
  let nowMs = 1_000;
  const { socket, outbox, push } = example({ nowMs: () => nowMs });
  assert.equal(outbox.stalledForMs, 0);
  push(1);
  push(2);
  nowMs = 1_500;
  assert.equal(outbox.stalledForMs, 500);
  socket.take();
  assert.equal(outbox.stalledForMs, 0);
  nowMs = 1_700;
  assert.equal(outbox.stalledForMs, 200);
  socket.take();
  nowMs = 9_000;
  assert.equal(outbox.stalledForMs, 0);
});

test("once disposed of it writes nothing more, whatever the transport still takes", () => {
  const { socket, outbox, push } = example();
  for (const seq of [1, 2, 3]) push(seq);
  outbox.onceDrained(() => assert.fail("nobody waits any more"));
  outbox[Symbol.dispose]();
  socket.take();
  assert.deepEqual(socket.written, ["m1"]);
});
