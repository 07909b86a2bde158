import assert from "node:assert/strict";
import { test } from "node:test";
import { LOBBY, type UserId } from "../domain/ids.ts";
import type { Message } from "../domain/messages.ts";
import { Hub } from "./hub.ts";

function message(seq: number): Message {
  return {
    roomId: LOBBY,
    seq,
    revision: seq,
    id: `id-${seq}`,
    senderId: "someone" as UserId,
    senderName: "someone",
    text: `text ${seq}`,
    createdAtMs: 0,
  };
}

test("each listener is told of each message once, from when it came until it goes", () => {
  const hub = new Hub();
  const heard: number[] = [];
  const heardLater: number[] = [];
  const first = hub.listen(LOBBY, (event) => heard.push(event.message.seq));
  hub.deliver(message(1));
  const second = hub.listen(LOBBY, (event) => heardLater.push(event.message.seq));
  hub.deliver(message(2));
  hub.deliver(message(2));
  hub.deliver(message(1));
  first[Symbol.dispose]();
  hub.deliver(message(3));
  second[Symbol.dispose]();
  hub.deliver(message(4));
  assert.deepEqual(heard, [1, 2]);
  assert.deepEqual(heardLater, [2, 3]);
});

test("a message is encoded once, however many listen", () => {
  const hub = new Hub();
  let encodings = 0;
  const encode = ({ text }: Message): Buffer => {
    encodings++;
    return Buffer.from(text);
  };
  const received: Buffer[] = [];
  for (let count = 0; count < 3; count++) hub.listen(LOBBY, (event) => received.push(event.encoded(encode)));
  hub.deliver(message(1));
  assert.equal(encodings, 1);
  assert.deepEqual(received.map(String), ["text 1", "text 1", "text 1"]);
});

test("a room is forgotten when its last listener goes", () => {
  const hub = new Hub();
  const listeners = [hub.listen(LOBBY, () => {}), hub.listen(LOBBY, () => {})];
  hub.deliver(message(7));
  assert.equal(hub.head(LOBBY), 7);
  listeners[0]?.[Symbol.dispose]();
  assert.equal(hub.head(LOBBY), 7);
  listeners[1]?.[Symbol.dispose]();
  assert.equal(hub.head(LOBBY), 0);
});
