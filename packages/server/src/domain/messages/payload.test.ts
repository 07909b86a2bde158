import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Payload, readJson, writeJson } from "./payload.ts";

const payloads = fc
  .tuple(fc.uint8Array({ maxLength: 300 }), fc.string())
  .map(([bytes, type]) => new Payload(bytes, type));

test("plain data with payloads in it is read as it was written", () => {
  const labels = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
  const data = fc.array(fc.record({ labels, some: fc.option(payloads) }, { noNullPrototype: true }));
  fc.assert(fc.property(data, (value) => assert.deepEqual(readJson(writeJson(value)), value)));
});

test("the bytes beside the text are in a buffer of their own, the payload's own bytes stay", () => {
  const pooled = Buffer.from("pooled");
  const payload = new Payload(pooled, "text");
  const written = writeJson([payload, { payload }]);
  assert.equal(written.bytes?.buffer.byteLength, 2 * pooled.length);
  structuredClone(written, { transfer: [written.bytes.buffer] });
  assert.equal(pooled.toString(), "pooled");
});

test("data without payloads has no bytes beside it, and a payload is never JSON by accident", () => {
  assert.deepEqual(writeJson({ payload: null }), { text: '{"payload":null}', bytes: null });
  assert.throws(() => JSON.stringify(new Payload(new Uint8Array(1), "text")), TypeError);
});

test("payloads are equal when their bytes and their types are", () => {
  const payload = new Payload(Uint8Array.of(1, 2), "text");
  assert.ok(payload.equals(new Payload(Buffer.of(1, 2), "text")));
  for (const other of [
    new Payload(Uint8Array.of(1, 3), "text"),
    new Payload(Uint8Array.of(1), "text"),
    null,
  ]) {
    assert.ok(!payload.equals(other));
  }
  assert.ok(!payload.equals(new Payload(Uint8Array.of(1, 2), "other")));
});
