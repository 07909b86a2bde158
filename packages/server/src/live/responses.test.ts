import assert from "node:assert/strict";
import { test } from "node:test";
import { concatResponses, Joiner, mergeResponses, toResponse } from "./responses.ts";
import { messagesOf } from "./testing.ts";

const responses = ["one", "", "three"].map((text) => toResponse(Buffer.from(text)));

test("a response is its message behind a prefix: no compression, and its length", () => {
  assert.deepEqual([...toResponse(Buffer.from([7, 8]))], [0, 0, 0, 0, 2, 7, 8]);
  assert.equal(toResponse(Buffer.alloc(0x01020304)).readUInt32BE(1), 0x01020304);
});

test("responses are put together as several, or as one", () => {
  assert.deepEqual(messagesOf(concatResponses(responses)), ["one", "", "three"]);
  assert.deepEqual(messagesOf(mergeResponses(responses)), ["onethree"]);
});

test("responses that wait for many streams are put together once, however many others wait for something else", () => {
  let joins = 0;
  const joiner = new Joiner((some) => {
    joins++;
    return concatResponses(some);
  });
  const [first, second, third] = responses as [Buffer, Buffer, Buffer];
  const waiting = [[first, second, third], [first, second], [first, third, second], [second, third], [third]];
  for (let stream = 0; stream < 3; stream++) {
    for (const some of waiting) {
      assert.deepEqual(joiner.joinFirst([...some]), { count: some.length, joined: Buffer.concat(some) });
    }
  }
  assert.equal(joins, 4, "a response that is alone is not copied");
});
