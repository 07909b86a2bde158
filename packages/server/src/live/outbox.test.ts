import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Outbox } from "./outbox.ts";
import { concatResponses, Joiner } from "./responses.ts";
import { Socket } from "./testing.ts";
import { WriteTimeouts } from "./write-timeouts.ts";

const writeTimeouts = new WriteTimeouts();

function example(options: { maxQueuedBytes?: number } = {}) {
  const written: string[] = [];
  const writer = new Socket((responses) => written.push(responses.toString()), { takesAll: false });
  const joiner = new Joiner(concatResponses);
  const outbox = new Outbox({ writer, joiner, writeTimeouts, onWriteTimeout() {}, ...options });
  const push = (seq: number): boolean => outbox.push(Buffer.from(`m${seq}`));
  return { socket: writer, written, outbox, push };
}

test("the responses of one turn are one write, and those that wait for it the next, in order", async () => {
  const { socket, written, outbox, push } = example();
  for (const seq of [1, 2, 3]) assert.ok(push(seq));
  assert.deepEqual(written, []);
  await turn();
  assert.deepEqual(written, ["m1m2m3"]);
  for (const seq of [4, 5]) push(seq);
  outbox.send(Buffer.from("kept"));
  assert.equal(outbox.queuedBytes, 8);
  await turn();
  assert.deepEqual(written, ["m1m2m3"], "one write is in flight");
  socket.take();
  assert.deepEqual(written, ["m1m2m3", "m4m5kept"]);
  assert.equal(outbox.queuedBytes, 0);
  socket.take();
  push(6);
  await turn();
  assert.deepEqual(written, ["m1m2m3", "m4m5kept", "m6"]);
});

test("a response that does not fit is not queued, and those that wait stay", async () => {
  const { socket, written, outbox, push } = example({ maxQueuedBytes: 6 });
  push(1);
  await turn();
  for (const seq of [2, 3, 4]) assert.ok(push(seq));
  assert.equal(push(5), false);
  assert.equal(outbox.queuedBytes, 6);
  socket.take();
  assert.ok(push(5));
  socket.take();
  assert.deepEqual(written, ["m1", "m2m3m4", "m5"]);
});

test("a response that must reach the client is queued beyond the bound", async () => {
  const { socket, written, outbox, push } = example({ maxQueuedBytes: 4 });
  push(1);
  await turn();
  for (const seq of [2, 3]) assert.ok(push(seq));
  outbox.send(Buffer.from("kept"));
  assert.equal(push(4), false);
  socket.take();
  assert.deepEqual(written, ["m1", "m2m3kept"]);
});

test("a write has a bound", async () => {
  const { socket, written, outbox } = example();
  for (let count = 0; count < 5; count++) outbox.push(Buffer.alloc(25 * 1024));
  await turn();
  assert.equal(outbox.queuedBytes, 75 * 1024);
  assert.equal(outbox.bytesInFlight, 50 * 1024);
  for (let taken = 0; taken < 3; taken++) socket.take();
  assert.deepEqual(
    written.map((text) => text.length / 1024),
    [50, 50, 25],
  );
});

test("it calls back once when nothing waits behind the write in flight", async () => {
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

test("it calls back once when all is flushed: at once when nothing waits", async () => {
  const { socket, outbox, push } = example();
  let flushed = 0;
  outbox.onceFlushed(() => flushed++);
  assert.equal(flushed, 1);
  push(1);
  outbox.onceFlushed(() => flushed++);
  await turn();
  push(2);
  assert.equal(flushed, 1);
  socket.take();
  assert.equal(flushed, 1);
  socket.take();
  assert.equal(flushed, 2);
  push(3);
  await turn();
  socket.take();
  assert.equal(flushed, 2);
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
  const { socket, written, outbox, push } = example();
  push(1);
  await turn();
  for (const seq of [2, 3]) push(seq);
  outbox.onceFlushed(() => assert.fail("nobody waits any more"));
  outbox[Symbol.dispose]();
  socket.take();
  push(4);
  await turn();
  assert.deepEqual(written, ["m1"]);
});
