import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Outbox } from "./outbox.ts";
import { concatResponses, Joiner } from "./responses.ts";

/** A socket that takes a write only when it is told to. */
class Socket {
  readonly written: string[] = [];
  #done: (() => void) | null = null;

  write(responses: Buffer, done: () => void): void {
    assert.equal(this.#done, null, "one write is in flight at most");
    this.written.push(responses.toString());
    this.#done = done;
  }

  take(): void {
    const done = this.#done;
    this.#done = null;
    done?.();
  }
}

function example(options: { maxQueuedBytes?: number } = {}) {
  const socket = new Socket();
  const outbox = new Outbox(socket, { joiner: new Joiner(concatResponses), onStalled() {}, ...options });
  const push = (seq: number): boolean => outbox.push(Buffer.from(`m${seq}`));
  return { socket, outbox, push };
}

test("all that one turn brings is one write, and all that waits for it the next, in order", async () => {
  const { socket, outbox, push } = example();
  for (const seq of [1, 2, 3]) assert.ok(push(seq));
  assert.deepEqual(socket.written, []);
  await turn();
  assert.deepEqual(socket.written, ["m1m2m3"]);
  for (const seq of [4, 5]) push(seq);
  outbox.keep(Buffer.from("kept"));
  assert.equal(outbox.queuedBytes, 8);
  await turn();
  assert.deepEqual(socket.written, ["m1m2m3"], "one write is in flight");
  socket.take();
  assert.deepEqual(socket.written, ["m1m2m3", "m4m5kept"]);
  assert.equal(outbox.queuedBytes, 0);
  socket.take();
  push(6);
  await turn();
  assert.deepEqual(socket.written, ["m1m2m3", "m4m5kept", "m6"]);
});

test("what does not fit is not queued, and what waits stays", async () => {
  const { socket, outbox, push } = example({ maxQueuedBytes: 6 });
  push(1);
  await turn();
  for (const seq of [2, 3, 4]) assert.ok(push(seq));
  assert.equal(push(5), false);
  assert.equal(outbox.queuedBytes, 6);
  socket.take();
  assert.ok(push(5));
  socket.take();
  assert.deepEqual(socket.written, ["m1", "m2m3m4", "m5"]);
});

test("what must be kept is queued beyond the bound", async () => {
  const { socket, outbox, push } = example({ maxQueuedBytes: 4 });
  push(1);
  await turn();
  for (const seq of [2, 3]) assert.ok(push(seq));
  outbox.keep(Buffer.from("kept"));
  assert.equal(push(4), false);
  socket.take();
  assert.deepEqual(socket.written, ["m1", "m2m3kept"]);
});

test("a write has a bound", async () => {
  const { socket, outbox } = example();
  for (let count = 0; count < 5; count++) outbox.push(Buffer.alloc(100 * 1024));
  await turn();
  assert.equal(outbox.queuedBytes, 300 * 1024);
  for (let taken = 0; taken < 3; taken++) socket.take();
  assert.deepEqual(
    socket.written.map((text) => text.length / 1024),
    [200, 200, 100],
  );
});

test("it says once when nothing waits behind the write in flight", async () => {
  const { socket, outbox, push } = example();
  let emptied = 0;
  outbox.onceEmpty(() => emptied++);
  assert.equal(emptied, 1);
  push(1);
  outbox.onceEmpty(() => emptied++);
  assert.equal(emptied, 1);
  await turn();
  assert.equal(emptied, 2);
  push(2);
  outbox.onceEmpty(() => emptied++);
  socket.take();
  assert.equal(emptied, 3);
});

test("it says once when all has been taken: at once when nothing waits", async () => {
  const { socket, outbox, push } = example();
  let drained = 0;
  outbox.onceDrained(() => drained++);
  assert.equal(drained, 1);
  push(1);
  outbox.onceDrained(() => drained++);
  await turn();
  push(2);
  assert.equal(drained, 1);
  socket.take();
  assert.equal(drained, 1);
  socket.take();
  assert.equal(drained, 2);
  push(3);
  await turn();
  socket.take();
  assert.equal(drained, 2);
});

test("each write in flight has a number of its own", async () => {
  const { socket, outbox, push } = example();
  assert.equal(outbox.writeInFlight, 0);
  push(1);
  await turn();
  const first = outbox.writeInFlight;
  assert.ok(first > 0);
  push(2);
  assert.equal(outbox.writeInFlight, first);
  socket.take();
  assert.ok(outbox.writeInFlight > first);
  socket.take();
  assert.equal(outbox.writeInFlight, 0);
});

test("once disposed of it writes nothing more, whatever the transport still takes", async () => {
  const { socket, outbox, push } = example();
  push(1);
  await turn();
  for (const seq of [2, 3]) push(seq);
  outbox.onceDrained(() => assert.fail("nobody waits any more"));
  outbox[Symbol.dispose]();
  socket.take();
  push(4);
  await turn();
  assert.deepEqual(socket.written, ["m1"]);
});
