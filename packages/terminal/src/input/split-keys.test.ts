import assert from "node:assert/strict";
import { test } from "node:test";
import { splitKeys } from "./split-keys.ts";

test("single keys and plain texts stay as they are", () => {
  assert.deepEqual(splitKeys("a", {}), [{ input: "a", key: {} }]);
  assert.deepEqual(splitKeys("hello", {}), [{ input: "hello", key: {} }]);
  assert.deepEqual(splitKeys("c", { ctrl: true }), [{ input: "c", key: { ctrl: true } }]);
  assert.deepEqual(splitKeys("\r", { return: true }), [{ input: "\r", key: { return: true } }]);
});

test("keys that come at once are taken apart", () => {
  assert.deepEqual(splitKeys("ada\tpw\u007f\rx\u0001", {}), [
    { input: "ada", key: {} },
    { input: "", key: { tab: true } },
    { input: "pw", key: {} },
    { input: "", key: { backspace: true } },
    { input: "", key: { return: true } },
    { input: "x", key: {} },
    { input: "a", key: { ctrl: true } },
  ]);
});

test("Esc and a command right behind it are two keys", () => {
  const esc = { input: "", key: { escape: true } };
  assert.deepEqual(splitKeys("/", { meta: true }), [esc, { input: "/", key: {} }]);
  assert.deepEqual(splitKeys("/help", { meta: true }), [esc, { input: "/help", key: {} }]);
  assert.deepEqual(splitKeys("b", { meta: true }), [{ input: "b", key: { meta: true } }]);
});
