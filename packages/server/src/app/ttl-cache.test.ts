import assert from "node:assert/strict";
import { test } from "node:test";
import { TtlCache } from "./ttl-cache.ts";

function setUp(maxEntries = 10) {
  let nowMs = 0;
  let reads = 0;
  const remember = new TtlCache<string, number>(() => nowMs, 100, maxEntries);
  return {
    remember,
    get: (key: string) => remember.get(key, () => Promise.resolve(++reads)),
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

test("what was read is given at once until it is too old", async () => {
  const { get, pass } = setUp();
  assert.equal(await get("a"), 1);
  pass(99);
  assert.equal(get("a"), 1);
  pass(1);
  assert.equal(await get("a"), 2);
});

test("what is forgotten is read again", async () => {
  const { remember, get } = setUp();
  for (const key of ["a", "b", "c"]) await get(key);
  remember.forget("a");
  remember.forgetWhere((value) => value === 2);
  assert.deepEqual([await get("a"), await get("b"), get("c")], [4, 5, 3]);
});

test("what changes while it is read is not remembered", async () => {
  const { remember, get } = setUp();
  const reading = get("a");
  remember.forget("a");
  assert.equal(await reading, 1);
  assert.equal(await get("a"), 2);
});

test("what can't be read is asked again", async () => {
  const { remember, get } = setUp();
  const failing = async () => remember.get("a", () => Promise.reject(new Error("no")));
  await assert.rejects(failing(), /no/);
  assert.equal(await get("a"), 1);
});

test("past its bound the oldest goes", async () => {
  const { get } = setUp(2);
  for (const key of ["a", "b", "c"]) await get(key);
  assert.deepEqual([get("b"), get("c"), await get("a")], [2, 3, 4]);
});
